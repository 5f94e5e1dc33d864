from rest_framework import generics, serializers

from .models import Shelf


class ShelfSerializer(serializers.ModelSerializer):
    # Whether the rows come with their hall, nobody can say.
    hall_name = serializers.CharField(source="hall.name", read_only=True)

    class Meta:
        model = Shelf
        fields = ["hall_name", "volume_count"]


class ShelfList(generics.ListAPIView):
    serializer_class = ShelfSerializer

    def get_queryset(self):
        return self.kwargs["chosen"]
