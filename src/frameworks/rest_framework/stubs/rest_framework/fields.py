"""rest_framework.fields: a field reads its source from the row and makes a value of it."""

from django.db.models import QuerySet


def encoded(value):
    """A queryset that nobody has fetched is fetched when the answer is rendered (`utils.encoders.JSONEncoder`)."""
    if isinstance(value, QuerySet):
        return tuple(value)
    return value


class empty:
    pass


class Field:
    source = None
    read_only = False
    write_only = False
    parent = None
    field_name = None
    initial = None

    def __init__(self, read_only=False, write_only=False, source=None, **keywords):
        self.read_only = read_only
        self.write_only = write_only
        self.source = source

    def represent(self, parent, name, instance):
        """What a serializer does for a field of a row."""
        setattr(self, "parent", parent)
        setattr(self, "field_name", name)
        value = self.get_attribute(instance)
        if value is None:
            return None
        return self.to_representation(value)

    def accept(self, name, data):
        """What validation asks the database for a posted value."""
        return self.to_internal_value(data)

    def to_internal_value(self, data):
        return data

    def get_attribute(self, instance):
        if self.source == "*":
            return instance
        return source_value(instance, self.source or self.field_name)

    def to_representation(self, value):
        return value

    @property
    def root(self):
        return self if self.parent is None else self.parent.root

    @property
    def context(self):
        return anything() if self.parent is None else self.parent.context


class BooleanField(Field):
    pass


class NullBooleanField(Field):
    pass


class CharField(Field):
    def to_representation(self, value):
        text_of(value)
        return anything()


class EmailField(CharField):
    pass


class RegexField(CharField):
    def __init__(self, regex=None, **keywords):
        super().__init__(**keywords)


class SlugField(CharField):
    pass


class URLField(CharField):
    pass


class UUIDField(Field):
    pass


class IPAddressField(CharField):
    pass


class IntegerField(Field):
    pass


class FloatField(Field):
    pass


class DecimalField(Field):
    pass


class DateTimeField(Field):
    pass


class DateField(Field):
    pass


class TimeField(Field):
    pass


class DurationField(Field):
    pass


class ChoiceField(Field):
    pass


class MultipleChoiceField(ChoiceField):
    pass


class FilePathField(ChoiceField):
    pass


class FileField(Field):
    pass


class ImageField(FileField):
    pass


class DictField(Field):
    pass


class HStoreField(DictField):
    pass


class JSONField(Field):
    pass


class ListField(Field):
    def __init__(self, child=None, **keywords):
        super().__init__(**keywords)
        self.child = child

    def to_representation(self, value):
        if self.child is None:
            return list(all_of(value))
        return [self.child.to_representation(item) for item in all_of(value)]

    def accept(self, name, data):
        if self.child is None:
            return data
        return [self.child.accept(name, item) for item in data]


class ReadOnlyField(Field):
    def to_representation(self, value):
        return encoded(value)


class ModelField(Field):
    pass


class HiddenField(Field):
    write_only = True

    def __init__(self, **keywords):
        super().__init__(write_only=True)


class SerializerMethodField(Field):
    """A method of the serializer is given the whole row."""

    def __init__(self, method_name=None, **keywords):
        super().__init__(read_only=True)
        self.method_name = method_name

    def represent(self, parent, name, instance):
        setattr(self, "parent", parent)
        setattr(self, "field_name", name)
        method = getattr(parent, self.method_name or "get_" + name)
        return encoded(self.to_representation(method(instance)))


class UniqueField(Field):
    """A unique column of the model: each posted value is looked up."""

    def __init__(self, model=None, **keywords):
        super().__init__(**keywords)
        self.model = model

    def accept(self, name, data):
        self.model._default_manager.filter(**{name: data}).exists()
        return data
