from django.conf import settings
from rest_framework import serializers, viewsets

from .models import Island, Keeper, Lighthouse


class TranslatedSerializer(serializers.ModelSerializer):
    def get_field_names(self, declared_fields, info):
        names = super().get_field_names(declared_fields, info)
        if not self.is_translated:
            return names
        left_out = set(settings.LOCAL_NAMES) & set(names)
        return [name for name in names if name not in left_out] + list(settings.LOCAL_NAMES.values())

    def get_fields(self):
        fields = super().get_fields()
        if not self.is_translated:
            return fields
        for name, local_name in settings.LOCAL_NAMES.items():
            fields[name] = fields.pop(local_name)
        return {**fields, "language": serializers.CharField(read_only=True, default="en")}

    @property
    def is_translated(self):
        return self.Meta.model in settings.TRANSLATED


class IslandSerializer(TranslatedSerializer):
    class Meta:
        model = Island
        fields = ["name"]


class KeeperSerializer(TranslatedSerializer):
    class Meta:
        model = Keeper
        fields = ["name"]


class LighthouseSerializer(TranslatedSerializer):
    island = IslandSerializer()  # expect[lazy-load-per-row]
    harbour = IslandSerializer()
    keepers = KeeperSerializer(many=True)  # expect[related-query-per-row]

    class Meta:
        model = Lighthouse
        fields = ["name", "island", "harbour", "keepers"]


class LighthouseViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Lighthouse.objects.select_related("harbour").order_by("name")
    serializer_class = LighthouseSerializer
