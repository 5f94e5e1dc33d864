from django.shortcuts import get_object_or_404, render

from .forms import CatFormSet
from .models import Shelter


def cats(request, pk):
    formset = CatFormSet(instance=get_object_or_404(Shelter, pk=pk))
    return render(request, "app/cats.html", {"formset": formset})


def names(request, pk):
    formset = CatFormSet(instance=get_object_or_404(Shelter, pk=pk))
    return render(request, "app/names.html", {"formset": formset})
