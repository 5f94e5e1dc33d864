"""django_filters: a filter set narrows a queryset."""

from functools import cached_property


class Filter:
    """A filter that a class body declares."""

    def __init__(self, field_name=None, lookup_expr=None, *, method=None, **options):
        self.method = method


class CharFilter(Filter):
    pass


class BooleanFilter(Filter):
    pass


class ChoiceFilter(Filter):
    pass


class TypedChoiceFilter(Filter):
    pass


class MultipleChoiceFilter(Filter):
    pass


class TypedMultipleChoiceFilter(MultipleChoiceFilter):
    pass


class AllValuesFilter(ChoiceFilter):
    pass


class UUIDFilter(Filter):
    pass


class NumberFilter(Filter):
    pass


class DateFilter(Filter):
    pass


class DateTimeFilter(Filter):
    pass


class IsoDateTimeFilter(DateTimeFilter):
    pass


class TimeFilter(Filter):
    pass


class DurationFilter(Filter):
    pass


class ModelChoiceFilter(ChoiceFilter):
    pass


class ModelMultipleChoiceFilter(MultipleChoiceFilter):
    pass


class RangeFilter(Filter):
    pass


class DateRangeFilter(ChoiceFilter):
    pass


class DateFromToRangeFilter(RangeFilter):
    pass


class BaseInFilter(Filter):
    pass


class OrderingFilter(ChoiceFilter):
    pass


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

    def __iter__(self):
        """Until django-filter 1.0 a set of filters was a sequence of its rows."""
        for row in self.qs:
            yield row

    def count(self):
        return self.qs.count()

    def filter_queryset(self, queryset):
        for name, declared in declared_fields(type(self), Filter).items():
            if declared.method is not None:
                self.ask(declared.method, queryset, name)
        return queryset.filter(anything())

    def ask(self, method, queryset, name):
        """Each filter may be asked for by itself; what all of them leave is the queryset, narrowed."""
        if isinstance(method, str):
            getattr(self, method)(queryset, name, anything())
        else:
            method(queryset, name, anything())

    def is_valid(self):
        return anything()
