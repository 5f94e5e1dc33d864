from django.shortcuts import render

from . import forms


def crates(request):
    return render(request, "app/crates.html", {"formset": forms.Crates()})


def crates_of_shared_choices(request):
    formset = forms.CratesOfSharedChoices(form_kwargs={"depots": forms.depots()})
    return render(request, "app/crates_of_shared_choices.html", {"formset": formset})
