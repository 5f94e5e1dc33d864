from django.db.models import Min
from rest_framework import generics, serializers, viewsets
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Hike, Trail


class TrailSerializer(serializers.ModelSerializer):
    class Meta:
        model = Trail
        fields = ["id", "name"]


class TrailList(generics.ListAPIView):
    queryset = Trail.objects.order_by("name")
    serializer_class = TrailSerializer

    def dispatch(self, request, *args, **kwargs):
        response = super().dispatch(request, *args, **kwargs)
        for row in response.data:
            row.update(Hike.objects.filter(trail_id=row["id"]).aggregate(record=Min("minutes")))  # expect[count-per-row] "Hike"
        return response


class TrailSet(viewsets.GenericViewSet):
    queryset = Trail.objects.order_by("name")
    serializer_class = TrailSerializer

    def dispatch(self, request, *args, **kwargs):
        response = super().dispatch(request, *args, **kwargs)
        records = dict(Hike.objects.values_list("trail_id").annotate(Min("minutes")))
        for row in response.data:
            row["record"] = records.get(row["id"])
        return response

    def list(self, request, *args, **kwargs):
        return Response(self.get_serializer(self.get_queryset(), many=True).data)


class TwoTrails(APIView):
    def dispatch(self, request, *args, **kwargs):
        response = super().dispatch(request, *args, **kwargs)
        for row in response.data:
            row.update(Hike.objects.filter(trail_id=row["id"]).aggregate(record=Min("minutes")))
        return response

    def get(self, request):
        return Response([{"id": 1}, {"id": 2}])
