from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import filters, generics, serializers

from .models import Truck


class TruckSerializer(serializers.ModelSerializer):
    depot_name = serializers.CharField(source="depot.name", read_only=True)  # expect[lazy-load-per-row]

    class Meta:
        model = Truck
        fields = ["plate", "depot_name"]


class TruckList(generics.ListAPIView):
    queryset = Truck.objects.all()
    serializer_class = TruckSerializer
    filter_backends = [DjangoFilterBackend, filters.OrderingFilter, filters.SearchFilter]
    filterset_fields = ["plate"]
    ordering_fields = ["plate"]
    search_fields = ["plate"]
