from django.shortcuts import get_object_or_404, render

from .forms import ExhibitFormSet
from .models import Museum


def exhibits(request, pk):
    formset = ExhibitFormSet(instance=get_object_or_404(Museum, pk=pk))
    return render(request, "app/exhibits.html", {"formset": formset})
