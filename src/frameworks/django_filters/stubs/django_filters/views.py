"""django_filters.views: lists that show what the filter set leaves."""

from django.views.generic.list import MultipleObjectMixin, MultipleObjectTemplateResponseMixin
from django.views.generic.base import View


class FilterMixin:
    filterset_class = None
    filterset_fields = None

    def get_filterset_class(self):
        return self.filterset_class

    def get_filterset_kwargs(self, filterset_class):
        return {"data": anything(), "queryset": self.get_queryset(), "request": self.request}

    def get_filterset(self, filterset_class):
        return filterset_class(**self.get_filterset_kwargs(filterset_class))


class BaseFilterView(FilterMixin, MultipleObjectMixin, View):
    def get(self, request, *args, **kwargs):
        filterset_class = self.get_filterset_class()
        if filterset_class is None:
            self.object_list = self.get_queryset()
        else:
            self.filterset = self.get_filterset(filterset_class)
            self.object_list = self.filterset.qs
        context = self.get_context_data(filter=self.filterset, object_list=self.object_list)
        return self.render_to_response(context)


class FilterView(MultipleObjectTemplateResponseMixin, BaseFilterView):
    template_name_suffix = "_filter"
