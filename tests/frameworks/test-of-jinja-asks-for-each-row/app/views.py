from django.shortcuts import render

from .models import Course


def courses(request):
    return render(request, "app/courses.html", {"courses": Course.objects.all()})
