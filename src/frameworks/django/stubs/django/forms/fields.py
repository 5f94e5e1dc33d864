"""django.forms.fields: what showing and cleaning a field asks the database. A plain field asks nothing."""


class Field:
    def __init__(self, *arguments, **options):
        pass

    def render(self):
        pass

    def is_hidden(self):
        return anything()

    def clean(self, value):
        return anything()


class BooleanField(Field):
    pass


class CharField(Field):
    pass


class ChoiceField(Field):
    pass


class ComboField(Field):
    pass


class DateField(Field):
    pass


class DateTimeField(Field):
    pass


class DecimalField(Field):
    pass


class DurationField(Field):
    pass


class EmailField(Field):
    pass


class FileField(Field):
    pass


class FilePathField(Field):
    pass


class FloatField(Field):
    pass


class GenericIPAddressField(Field):
    pass


class ImageField(Field):
    pass


class IntegerField(Field):
    pass


class JSONField(Field):
    pass


class MultiValueField(Field):
    pass


class MultipleChoiceField(Field):
    pass


class NullBooleanField(Field):
    pass


class RegexField(Field):
    pass


class SlugField(Field):
    pass


class SplitDateTimeField(Field):
    pass


class TimeField(Field):
    pass


class TypedChoiceField(Field):
    pass


class TypedMultipleChoiceField(Field):
    pass


class URLField(Field):
    pass


class UUIDField(Field):
    pass


class BoundField:
    """A field of a form, as a template shows it."""

    def __init__(self, form, name):
        self.form = form
        self.name = name

    @property
    def field(self):
        return self.form.fields[self.name]

    @property
    def is_hidden(self):
        return self.field.is_hidden()

    def __str__(self):
        self.field.render()
        return ""

    def as_widget(self, widget=None, attrs=None, only_initial=False):
        return self.__str__()

    def as_field_group(self):
        return self.__str__()
