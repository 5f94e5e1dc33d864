from rest_flex_fields import FlexFieldsModelSerializer
from rest_framework import serializers

from .models import Crack, Kiln, Potter, Vase


class PotterSerializer(FlexFieldsModelSerializer):
    class Meta:
        model = Potter
        fields = ["id", "name"]


class KilnSerializer(serializers.ModelSerializer):
    class Meta:
        model = Kiln
        fields = ["id", "name"]


class CrackSerializer(serializers.ModelSerializer):
    class Meta:
        model = Crack
        fields = ["id", "length"]


class VaseSerializer(FlexFieldsModelSerializer):
    class Meta:
        model = Vase
        fields = ["id", "name", "potter", "kiln"]  # expect[lazy-load-per-row] expect[related-query-per-row]
        expandable_fields = {
            "potter": "app.serializers.PotterSerializer",
            "kiln": (KilnSerializer, {"read_only": True}),
            "cracks": ("app.serializers.CrackSerializer", {"many": True}),
        }
