"""django.forms.fields: what showing and cleaning a field asks the database. A plain field asks nothing."""


class Field:
    def __init__(self, **options):
        pass

    def render(self):
        pass

    def is_hidden(self):
        return anything()

    def clean(self, value):
        return anything()


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
