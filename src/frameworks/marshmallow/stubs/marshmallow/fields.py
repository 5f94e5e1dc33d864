"""marshmallow.fields"""

from marshmallow.base import Field, both


class Nested(Field):
    """The schema may be a class, an instance or a function that gives either."""

    def __init__(self, nested, only=None, exclude=(), many=False, **options):
        super().__init__(**options)
        self.nested = nested
        self.only = only
        self.exclude = exclude
        self.many = many

    def narrowed(self, only, exclude):
        options = {"attribute": self.attribute, "load_only": self.load_only}
        return Nested(self.nested, only=both(self.only, only), exclude=(*self.exclude, *exclude), many=self.many, **options)

    def schema_of(self):
        nested = self.nested() if is_function(self.nested) else self.nested
        if is_class(nested):
            return nested(only=self.only, exclude=self.exclude, many=self.many)
        return nested.narrowed(self.only, self.exclude)

    def _serialize(self, value, attr, obj, **options):
        return self.schema_of().dump(value, many=self.many)


class Pluck(Nested):
    def __init__(self, nested, field_name=None, many=False, **options):
        super().__init__(nested, only=(field_name,), many=many, **options)


class List(Field):
    def __init__(self, inner=None, **options):
        super().__init__(**options)
        self.inner = inner() if is_class(inner) else inner

    def narrowed(self, only, exclude):
        return List(self.inner.narrowed(only, exclude), attribute=self.attribute, load_only=self.load_only)

    def _serialize(self, value, attr, obj, **options):
        return [self.inner._serialize(item, attr, obj) for item in all_of(value)]


class Method(Field):
    def __init__(self, serialize=None, deserialize=None, **options):
        super().__init__(**options)
        self.serialize = serialize

    def dumped(self, schema, name, obj):
        return getattr(schema, self.serialize)(obj)


class Function(Field):
    def __init__(self, serialize=None, deserialize=None, **options):
        super().__init__(**options)
        self.serialize = serialize

    def dumped(self, schema, name, obj):
        return self.serialize(obj)


class Raw(Field):
    pass


class String(Field):
    pass


class Str(Field):
    pass


class Integer(Field):
    pass


class Int(Field):
    pass


class Float(Field):
    pass


class Number(Field):
    pass


class Decimal(Field):
    pass


class Boolean(Field):
    pass


class Bool(Field):
    pass


class DateTime(Field):
    pass


class NaiveDateTime(Field):
    pass


class AwareDateTime(Field):
    pass


class Date(Field):
    pass


class Time(Field):
    pass


class TimeDelta(Field):
    pass


class UUID(Field):
    pass


class Email(Field):
    pass


class Url(Field):
    pass


class URL(Field):
    pass


class Dict(Field):
    pass


class Mapping(Field):
    pass


class Constant(Field):
    pass


class Enum(Field):
    pass


class IP(Field):
    pass
