from rest_framework import generics, serializers

from .models import Horse, Stable, Trainer


class TrainerSerializer(serializers.ModelSerializer):
    class Meta:
        model = Trainer
        fields = ["id", "name"]


class StableSerializer(serializers.ModelSerializer):
    class Meta:
        model = Stable
        fields = ["id", "town"]


class HorseSerializer(serializers.ModelSerializer):
    trainer = TrainerSerializer(read_only=True)  # expect[lazy-load-per-row]
    stable = StableSerializer(read_only=True)

    class Meta:
        model = Horse
        fields = ["id", "name", "price", "trainer", "stable"]

    def get_field_names(self, declared_fields, info):
        names = super().get_field_names(declared_fields, info)
        return [name for name in names if name not in self.context["request"].query_params.getlist("omit")]


class PublicHorseSerializer(HorseSerializer):
    stable = StableSerializer(read_only=True)  # expect[lazy-load-per-row]

    def get_fields(self):
        fields = super().get_fields()
        shown = [name for name in fields if name not in self.hidden()]
        return {name: fields[name] for name in shown}

    def hidden(self):
        return self.context["request"].user.hidden_columns


class Horses(generics.ListAPIView):
    queryset = Horse.objects.select_related("stable").order_by("name")
    serializer_class = HorseSerializer


class PublicHorses(generics.ListAPIView):
    queryset = Horse.objects.select_related("trainer").order_by("name")
    serializer_class = PublicHorseSerializer
