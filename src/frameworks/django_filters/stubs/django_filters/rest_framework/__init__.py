"""django_filters.rest_framework: the filter set of a view narrows its queryset."""

from django_filters import *


class DjangoFilterBackend:
    def get_filterset_class(self, view, queryset=None):
        return declared_value(type(view), "filterset_class", None)

    def filter_queryset(self, request, queryset, view):
        filterset_class = self.get_filterset_class(view, queryset)
        if filterset_class is None:
            return queryset
        return filterset_class(anything(), queryset=queryset, request=request).qs
