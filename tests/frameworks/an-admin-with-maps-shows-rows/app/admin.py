from django.contrib.gis import admin

from .models import Spring, Well


@admin.register(Spring)
class SpringAdmin(admin.GISModelAdmin):
    ordering = ["name"]


@admin.register(Well)
class WellAdmin(admin.GISModelAdmin):
    ordering = ["name"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("country")
