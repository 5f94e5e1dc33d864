"""django.contrib.admin: what a registration makes the admin do."""

from django.contrib.admin.decorators import action, display, register
from django.contrib.admin.filters import SimpleListFilter
from django.contrib.admin.options import ModelAdmin, StackedInline, TabularInline
from django.contrib.admin.sites import AdminSite, site
