"""django_filters.filterset"""

from django_filters import FilterSet
