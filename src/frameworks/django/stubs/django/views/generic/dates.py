"""django.views.generic.dates: archives."""

from django.views.generic.base import View
from django.views.generic.detail import DetailView
from django.views.generic.list import MultipleObjectMixin, MultipleObjectTemplateResponseMixin


class DateMixin:
    date_field = None
    allow_future = False

    def get_date_field(self):
        return self.date_field


class BaseDateListView(MultipleObjectMixin, DateMixin, View):
    allow_empty = False
    date_list_period = "year"

    def get(self, request, *args, **kwargs):
        self.date_list, self.object_list, extra_context = self.get_dated_items()
        context = self.get_context_data(object_list=self.object_list, date_list=self.date_list)
        context.update(extra_context)
        return self.render_to_response(context)

    def get_dated_items(self):
        queryset = self.get_dated_queryset()
        return (self.get_date_list(queryset), queryset, {"latest": queryset})

    def get_dated_queryset(self, **lookup):
        return self.get_queryset().filter(**lookup)

    def get_date_list(self, queryset, date_type=None, ordering="ASC"):
        return queryset.dates(self.date_field, self.date_list_period)


class _Archive(MultipleObjectTemplateResponseMixin, BaseDateListView):
    template_name_suffix = "_archive"


class ArchiveIndexView(_Archive):
    context_object_name = "latest"


class YearArchiveView(_Archive):
    template_name_suffix = "_archive_year"


class MonthArchiveView(_Archive):
    template_name_suffix = "_archive_month"


class WeekArchiveView(_Archive):
    template_name_suffix = "_archive_week"


class DayArchiveView(_Archive):
    template_name_suffix = "_archive_day"


class TodayArchiveView(_Archive):
    template_name_suffix = "_archive_day"


class DateDetailView(DetailView):
    pass
