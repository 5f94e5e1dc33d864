from django import forms
from django.contrib import admin

from .models import Barrel, Bottle, Cellar, Vineyard


class BarrelForm(forms.ModelForm):
    vineyard = forms.ModelChoiceField(Vineyard.objects.select_related("region"))

    class Meta:
        model = Barrel
        fields = ["vineyard", "litres"]


class BarrelInline(admin.TabularInline):  # expect[query-per-row]
    model = Barrel
    form = BarrelForm
    extra = 0


class BottleInline(admin.TabularInline):  # expect[query-per-row]
    model = Bottle
    extra = 0


@admin.register(Cellar)
class CellarAdmin(admin.ModelAdmin):
    inlines = [BarrelInline, BottleInline]
