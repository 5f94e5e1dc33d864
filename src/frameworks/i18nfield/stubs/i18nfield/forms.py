"""i18nfield.forms: Django's forms, whose fields of text have a widget for each language."""

from django.forms import ModelForm
from django.forms.formsets import BaseFormSet
from django.forms.models import BaseInlineFormSet, BaseModelForm, BaseModelFormSet


class I18nFormMixin:
    def __init__(self, *arguments, locales=None, **options):
        self.locales = locales
        super().__init__(*arguments, **options)


class BaseI18nModelForm(I18nFormMixin, BaseModelForm):
    pass


class I18nModelForm(BaseI18nModelForm, ModelForm):
    pass


class I18nFormSetMixin:
    def __init__(self, *arguments, locales=None, **options):
        self.locales = locales
        super().__init__(*arguments, **options)


class I18nModelFormSet(I18nFormSetMixin, BaseModelFormSet):
    pass


class I18nInlineFormSet(I18nFormSetMixin, BaseInlineFormSet):
    pass


class I18nFormSet(I18nFormSetMixin, BaseFormSet):
    pass
