from django import forms

from .models import Crate, Depot


class CrateForm(forms.ModelForm):
    class Meta:
        model = Crate
        fields = ["depot", "weight"]


class SharedChoicesForm(CrateForm):
    def __init__(self, *args, depots=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["depot"].choices = depots


Crates = forms.modelformset_factory(Crate, form=CrateForm, extra=0)
CratesOfSharedChoices = forms.modelformset_factory(Crate, form=SharedChoicesForm, extra=0)


def depots():
    return [(depot.pk, str(depot)) for depot in Depot.objects.order_by("name")]
