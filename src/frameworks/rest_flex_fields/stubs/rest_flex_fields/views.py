"""rest_flex_fields.views: a list may be asked to expand some fields."""

from rest_framework import viewsets


class FlexFieldsMixin:
    permit_list_expands = []


class FlexFieldsModelViewSet(FlexFieldsMixin, viewsets.ModelViewSet):
    pass
