"""django_filters: a filter set narrows a queryset."""

from functools import cached_property


class FilterSet:
    def __init__(self, data=None, queryset=None, *, request=None, prefix=None):
        model = declared_value(declared_value(type(self), "Meta", None), "model", None)
        queryset = known_or(queryset, query_of(model))
        if queryset is None:
            queryset = model._default_manager.all()
        self.data = data
        self.queryset = queryset
        self.request = request

    @cached_property
    def qs(self):
        return self.filter_queryset(self.queryset.all())

    def filter_queryset(self, queryset):
        return queryset.filter(anything())

    def is_valid(self):
        return anything()
