"""django.forms: forms, their fields, and sets of forms."""

from django.forms.fields import (
    BooleanField, CharField, ChoiceField, ComboField, DateField, DateTimeField, DecimalField, DurationField,
    EmailField, Field, FileField, FilePathField, FloatField, GenericIPAddressField, ImageField, IntegerField,
    JSONField, MultiValueField, MultipleChoiceField, NullBooleanField, RegexField, SlugField,
    SplitDateTimeField, TimeField, TypedChoiceField, TypedMultipleChoiceField, URLField, UUIDField,
)
from django.forms.forms import Form
from django.forms.formsets import BaseFormSet, formset_factory
from django.forms.models import (
    BaseInlineFormSet, BaseModelFormSet, BaseModelForm, ModelChoiceField, ModelForm, ModelMultipleChoiceField,
    inlineformset_factory, model_to_dict, modelform_factory, modelformset_factory,
)
from django.forms.widgets import CheckboxSelectMultiple, RadioSelect, Select, SelectMultiple
