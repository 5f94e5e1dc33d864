from django import forms

from .models import Exhibit, Museum


class ExhibitForm(forms.ModelForm):
    class Meta:
        model = Exhibit
        fields = ["title", "room"]


ExhibitFormSet = forms.inlineformset_factory(Museum, Exhibit, form=ExhibitForm, extra=0)
