"""django.forms.formsets: a form for each row, for each initial value, or for each that was posted."""

from functools import cached_property

from django.forms.utils import RenderableFormMixin


class BaseFormSet(RenderableFormMixin):
    form = None

    def __init__(self, data=None, files=None, auto_id="id_%s", prefix=None, initial=None, form_kwargs=None, **options):
        self.data = data
        self.initial = initial
        self.form_kwargs = form_kwargs or {}

    @cached_property
    def forms(self):
        return [self._construct_form(one) for one in self._beginnings()]

    def _beginnings(self):
        """What the forms begin with; without data there are as many as the code says."""
        if self.initial is not None:
            return self.initial
        if self.data is None:
            return [None]
        return anything()

    def _construct_form(self, beginning):
        return self.form(self.data, initial=beginning, **self.get_form_kwargs(0))

    def get_form_kwargs(self, index):
        return self.form_kwargs

    @property
    def empty_form(self):
        return self.form(**self.get_form_kwargs(None))

    @property
    def initial_forms(self):
        return self.forms

    def __iter__(self):
        for form in self.forms:
            yield form

    def __getitem__(self, index):
        return self.forms[index]

    def __len__(self):
        return len(self.forms)

    def is_valid(self):
        self.errors
        return anything()

    @cached_property
    def errors(self):
        for form in self.forms:
            form.is_valid()
        self.clean()
        return anything()

    def clean(self):
        pass

    @property
    def cleaned_data(self):
        return [form.cleaned_data for form in self.forms]


def formset_factory(form, formset=BaseFormSet, **options):
    def make(*arguments, **keywords):
        made = formset(*arguments, **keywords)
        setattr(made, "form", form)
        return made

    return make
