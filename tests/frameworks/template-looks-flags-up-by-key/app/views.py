from django.shortcuts import render

from .models import Fair


def fairs(request):
    return render(request, "app/fairs.html", {"fairs": Fair.objects.order_by("title")})
