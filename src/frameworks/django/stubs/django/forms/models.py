"""django.forms.models: forms of a model's row, choices that are rows, and what helpers read of a row."""

from django.forms.fields import Field
from django.forms.forms import BaseForm
from django.forms.formsets import BaseFormSet
from django.forms.widgets import Select


class ModelChoiceField(Field):
    """Each time that the field is shown it asks for its choices; cleaning looks one up."""

    choices = None

    def __init__(self, queryset=None, widget=None, **options):
        self.queryset = queryset
        self.widget = Select() if widget is None else widget

    def label_from_instance(self, obj):
        return obj

    def render(self):
        """Choices that were assigned, here or to the widget, are shown in place of the rows."""
        is_asked = surely(self.choices is None) and surely(getattr(self.widget, "choices", None) is None)
        if is_asked and surely(getattr(self.widget, "shows_choices", False)):
            for row in self.queryset.all():
                text_of(self.label_from_instance(row))

    def is_hidden(self):
        if surely(getattr(self.widget, "shows_choices", False)):
            return False
        return anything()

    def clean(self, value):
        return self.queryset.get(pk=value)


class ModelMultipleChoiceField(ModelChoiceField):
    def clean(self, value):
        rows = self.queryset.filter(pk__in=value)
        # `_check_values` asks which keys there are, so that the rows are there.
        list(rows)
        return rows


class BaseModelForm(BaseForm):
    def __init__(self, data=None, files=None, auto_id="id_%s", prefix=None, initial=None, instance=None, **options):
        super().__init__(data, files, auto_id, prefix, initial)
        self.instance = instance
        meta = declared_value(type(self), "Meta", None)
        if meta is not None:
            self._be_of(
                declared_value(meta, "model", None),
                declared_value(meta, "fields", None),
                declared_value(meta, "exclude", ()),
                declared_value(meta, "widgets", {}),
            )

    def _post_clean(self):
        """What was posted is set on the row, whatever it is."""
        anything()(self.instance)

    def _be_of(self, model, fields, exclude, widgets):
        """The fields are those of a model, but for what the class declares itself."""
        if self.instance is None:
            self.instance = model()
        made = {}
        for name in selected_names(fields, exclude or (), self.fields, form_fields(model)):
            if name in self.fields:
                made[name] = self.fields[name]
            else:
                made[name] = field_of_model(model, name, (widgets or {}).get(name))
        self._take(made)

    def full_clean(self):
        super().full_clean()
        for name in self.names:
            if relation_kind(self.instance, name) == "many-to-one" or relation_kind(self.instance, name) == "one-to-one":
                setattr(self.instance, name, self.cleaned_data[name])

    def save(self, commit=True):
        if commit:
            self.instance.save()
            self.save_m2m()
        return self.instance

    def save_m2m(self):
        for name in self.names:
            if relation_kind(self.instance, name) == "many-to-many":
                getattr(self.instance, name).set(anything())

    def validate_unique(self):
        pass


class ModelForm(BaseModelForm):
    pass


def field_of_model(model, name, widget):
    kind = relation_kind(model, name)
    if kind == "many-to-one" or kind == "one-to-one":
        return ModelChoiceField(related_model(model, name)._default_manager, widget)
    if kind == "many-to-many":
        return ModelMultipleChoiceField(related_model(model, name)._default_manager, widget)
    return Field()


def modelform_factory(model, form=ModelForm, fields=None, exclude=None, formfield_callback=None, widgets=None, **options):
    def make(*arguments, **keywords):
        made = form(*arguments, **keywords)
        # Django demands that somebody names the fields: else the form does.
        if fields is not None or exclude is not None or surely(declared_value(form, "Meta", None) is None):
            made._be_of(model, fields, exclude, widgets)
        return made

    return make


class BaseModelFormSet(BaseFormSet):
    model = None

    def __init__(self, data=None, files=None, auto_id="id_%s", prefix=None, queryset=None, initial=None, form_kwargs=None, **options):
        super().__init__(data, files, auto_id, prefix, initial, form_kwargs)
        self.queryset = queryset

    def get_queryset(self):
        queryset = known_or(self.queryset, query_of(self.model))
        if queryset is None:
            return self.model._default_manager.all()
        return queryset

    def _beginnings(self):
        return self.get_queryset()

    def _construct_form(self, beginning):
        return self.form(self.data, instance=beginning, **self.get_form_kwargs(0))

    def save(self, commit=True):
        return [self._save(form, commit) for form in self.forms]

    @property
    def deleted_objects(self):
        return [form.instance for form in self.forms]

    @property
    def new_objects(self):
        return self.deleted_objects

    @property
    def changed_objects(self):
        return [(form.instance, anything()) for form in self.forms]

    def _save(self, form, commit):
        if anything():
            return self.save_new(form, commit)
        return self.save_existing(form, form.instance, commit)

    def save_new(self, form, commit=True):
        return form.save(commit)

    def save_existing(self, form, obj, commit=True):
        return form.save(commit)


class BaseInlineFormSet(BaseModelFormSet):
    """The forms of a parent's rows: these know their parent, and it is no choice."""

    link = None

    def __init__(self, data=None, files=None, instance=None, save_as_new=False, prefix=None, queryset=None, **options):
        super().__init__(data, files, "id_%s", prefix, queryset, **options)
        self.instance = instance

    def _beginnings(self):
        # What nobody has stored has no rows: `self.instance.pk is None`.
        if self.instance is None or self.instance.pk is None:
            return ()
        return self.get_queryset().filter(**{self.link: self.instance})

    def _construct_form(self, beginning):
        setattr(beginning, self.link, self.instance)
        form = super()._construct_form(beginning)
        if self.link in form.fields:
            form.fields[self.link] = Field()
        return form


def modelformset_factory(model, form=ModelForm, formset=BaseModelFormSet, fields=None, exclude=None, widgets=None, **options):
    form_maker = modelform_factory(model, form, fields, exclude, widgets=widgets)

    def make(*arguments, **keywords):
        made = formset(*arguments, **keywords)
        setattr(made, "model", model)
        setattr(made, "form", form_maker)
        return made

    return make


def inlineformset_factory(parent_model, model, form=ModelForm, formset=BaseInlineFormSet, fk_name=None, fields=None, exclude=None, widgets=None, **options):
    set_maker = modelformset_factory(model, form, formset, fields, exclude, widgets)

    def make(*arguments, **keywords):
        made = set_maker(*arguments, **keywords)
        setattr(made, "link", fk_name or link_between(parent_model, model))
        return made

    return make


def model_to_dict(instance, fields=None, exclude=None):
    data = {}
    for name in field_names(instance, "many-to-many"):
        if fields is not None and name not in fields:
            pass
        elif exclude is not None and name in exclude:
            pass
        else:
            data[name] = list(getattr(instance, name).all())
    return data
