import django_filters

from .models import Shoe


class ShoeFilter(django_filters.FilterSet):
    class Meta:
        model = Shoe
        fields = ["size"]
