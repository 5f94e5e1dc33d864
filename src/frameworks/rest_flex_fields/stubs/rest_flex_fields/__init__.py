"""rest_flex_fields (drf-flex-fields): serializers whose fields the request or the code chooses and expands."""

from rest_flex_fields.serializers import FlexFieldsModelSerializer
from rest_flex_fields.utils import is_expanded, is_included, split_levels
from rest_flex_fields.views import FlexFieldsModelViewSet
