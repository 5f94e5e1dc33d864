"""django_filters.filters"""

from django_filters import *
