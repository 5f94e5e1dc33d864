from django import forms

from .models import Cat, Shelter


class CatForm(forms.ModelForm):
    class Meta:
        model = Cat
        fields = ["name", "breed"]


CatFormSet = forms.inlineformset_factory(Shelter, Cat, form=CatForm, extra=0)
