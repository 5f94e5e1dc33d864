"""graphene: a schema answers for every field that its types offer.

A client may ask for anything; a type inside itself is not followed for ever.
"""

DEPTH = 4
DECLARED_IN = ("Meta.fields", "Meta.model")


class Schema:
    def __init__(self, query=None, mutation=None, **options):
        self.query = query

    def __entry__(self):
        resolve_all(self.query, None, DEPTH)


class Field:
    """A field of a type: of a plain value, of an object, or of several."""

    is_many = False

    def __init__(self, type_=None, *arguments, resolver=None, source=None, **options):
        self.type_ = type_
        self.resolver = resolver
        self.source = source

    def resolve(self, kind, name, value):
        resolver = declared_value(kind, "resolve_" + name, self.resolver)
        if resolver is not None:
            return resolver(value, anything())
        return source_value(value, self.source or name)

    def show(self, value, depth):
        is_many, kind = named(self.type_, self.is_many)
        if is_class(kind) and depth:
            if is_many:
                for item in all_of(value):
                    resolve_all(kind, item, depth - 1)
            elif value is not None:
                resolve_all(kind, value, depth - 1)


class List(Field):
    is_many = True


class NonNull(Field):
    pass


class Scalar(Field):
    def __init__(self, *arguments, resolver=None, source=None, **options):
        super().__init__(None, resolver=resolver, source=source)


class String(Scalar):
    pass


class ID(Scalar):
    pass


class Int(Scalar):
    pass


class Float(Scalar):
    pass


class Boolean(Scalar):
    pass


class Decimal(Scalar):
    pass


class Date(Scalar):
    pass


class DateTime(Scalar):
    pass


class Time(Scalar):
    pass


class JSONString(Scalar):
    pass


class ObjectType:
    pass


class Interface:
    pass


def named(declared, is_many):
    """`List(NonNull(Book))`, `List(lambda: Book)`: the type, and whether it is of several."""
    if is_class(declared) or declared is None:
        return is_many, declared
    if is_function(declared):
        return is_many, declared()
    return named(declared.type_, is_many or declared.is_many)


def fields_of(kind):
    """Declared fields; a type of a model has those of its columns and relations that it names."""
    declared = declared_fields(kind, Field)
    meta = declared_value(kind, "Meta", None)
    model = declared_value(meta, "model", None)
    if model is None or not defines(kind, "__of_model__"):
        return declared
    fields = {}
    chosen = declared_value(meta, "fields", None)
    for name in selected_names(chosen, declared_value(meta, "exclude", ()), declared, model_fields(model)):
        fields[name] = declared[name] if name in declared else field_of_model(model, name)
    for name in declared:
        fields[name] = declared[name]
    return fields


def field_of_model(model, name):
    kind = field_kind(model, name)
    if kind == "one":
        return Field(class_of_model(ObjectType, related_model(model, name)))
    if kind == "many":
        return List(class_of_model(ObjectType, related_model(model, name)))
    return Scalar()


def resolve_all(kind, value, depth):
    for name, field in fields_of(kind).items():
        at_declaration(kind, (name,) + DECLARED_IN, resolve_one, kind, name, field, value, depth)


def resolve_one(kind, name, field, value, depth):
    field.show(field.resolve(kind, name, value), depth)
