from django.shortcuts import render

from .models import Aisle


def aisles():
    return Aisle.objects.order_by("name")


def plan(request):
    return render(request, "app/plan.html", {"aisles": aisles})
