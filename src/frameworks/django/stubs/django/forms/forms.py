"""django.forms.forms: the fields that a class body declares, shown and cleaned one by one."""

from functools import cached_property

from django.forms.fields import BoundField, Field
from django.forms.utils import RenderableFormMixin


class BaseForm(RenderableFormMixin):
    def __init__(self, data=None, files=None, auto_id="id_%s", prefix=None, initial=None, **options):
        self.data = data
        self.initial = initial
        self._take(declared_fields(type(self), Field))

    def _take(self, fields):
        """Fields that are added later under names nobody knows are none of these."""
        self.fields = fields
        self.names = tuple(fields)
        for name in fields:
            setattr(self, name, BoundField(self, name))

    def __iter__(self):
        for name in self.names:
            yield BoundField(self, name)

    def __getitem__(self, name):
        if surely(name in self.names):
            return BoundField(self, name)
        return anything()

    def visible_fields(self):
        return [field for field in self]

    def is_valid(self):
        self.errors
        return anything()

    @cached_property
    def errors(self):
        if self.data is not None:
            self.full_clean()
        return anything()

    def full_clean(self):
        self.cleaned_data = {}
        # More fields may be added where nobody sees it.
        self.cleaned_data.update(anything())
        for name in self.names:
            self.cleaned_data[name] = self.fields[name].clean(anything())
            if hasattr(self, "clean_" + name):
                getattr(self, "clean_" + name)()
        self.clean()
        self._post_clean()

    def _post_clean(self):
        pass

    def clean(self):
        return self.cleaned_data

    def add_error(self, field, error):
        pass

    def has_changed(self):
        return anything()


class Form(BaseForm):
    pass
