from rest_framework import generics, serializers

from .models import Horse, Race


def expanded(request):
    return set(filter(None, request.query_params.get("expand", "").split(",")))


class RaceSerializer(serializers.ModelSerializer):
    class Meta:
        model = Race
        fields = ["year"]


class HorseSerializer(serializers.ModelSerializer):
    races = RaceSerializer(many=True, read_only=True)
    trainer_name = serializers.CharField(source="trainer.name", read_only=True)  # expect[lazy-load-per-row]

    class Meta:
        model = Horse
        fields = ["id", "races", "trainer_name"]

    def get_fields(self):
        fields = super().get_fields()
        if "races" not in expanded(self.context["request"]):
            fields.pop("races")
        if "trainer" not in expanded(self.context["request"]):
            fields.pop("trainer_name")
        return fields


class Horses(generics.ListAPIView):
    serializer_class = HorseSerializer

    def get_queryset(self):
        horses = Horse.objects.order_by("name")
        if "races" in expanded(self.request):
            horses = horses.prefetch_related("races")
        return horses
