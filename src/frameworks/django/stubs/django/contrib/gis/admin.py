"""django.contrib.gis.admin: the admin, with forms that show maps."""

from django.contrib.admin import AdminSite, ModelAdmin, StackedInline, TabularInline, action, display, register, site


class GeoModelAdminMixin:
    pass


class GISModelAdmin(GeoModelAdminMixin, ModelAdmin):
    pass


class GeoModelAdmin(ModelAdmin):
    """Gone since Django 4."""


class OSMGeoAdmin(GeoModelAdmin):
    """Gone since Django 4."""
