"""django.contrib.admin.filters"""


class SimpleListFilter:
    title = None
    parameter_name = None

    def lookups(self, request, model_admin):
        return []

    def queryset(self, request, queryset):
        return queryset

    def value(self):
        return unknown_value
