import django_filters
from django.db.models import Sum

from .models import Product


class ProductFilter(django_filters.FilterSet):
    available = django_filters.BooleanFilter(method="filter_available")
    in_stock = django_filters.BooleanFilter(method="filter_in_stock")

    class Meta:
        model = Product
        fields = ["name"]

    def filter_available(self, queryset, name, value):
        return queryset.filter(pk__in=[product.pk for product in queryset if product.on_hand > 0])

    def filter_in_stock(self, queryset, name, value):
        return queryset.annotate(total=Sum("stocks__quantity")).filter(total__gt=0)
