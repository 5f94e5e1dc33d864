from django.db.models import Min
from rest_framework import pagination, serializers, viewsets

from .models import Hike, Trail


class Pages(pagination.PageNumberPagination):
    page_size = 100


class TrailSerializer(serializers.ModelSerializer):
    class Meta:
        model = Trail
        fields = ["id", "name"]


class TrailViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Trail.objects.order_by("name")
    serializer_class = TrailSerializer
    pagination_class = Pages

    def list(self, request, *args, **kwargs):
        response = super().list(request, *args, **kwargs)
        for row in response.data["results"]:
            row.update(Hike.objects.filter(trail_id=row["id"]).aggregate(record=Min("minutes")))  # expect[count-per-row] "Hike"
        return response
