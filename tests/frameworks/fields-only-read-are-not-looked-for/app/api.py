from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ModelViewSet

from .models import Depot


class DepotOut(serializers.ModelSerializer):
    parent = serializers.PrimaryKeyRelatedField(queryset=Depot.objects.all())

    class Meta:
        model = Depot
        fields = ["name", "parent", "trams"]


class DepotViewSet(ModelViewSet):
    serializer_class = DepotOut
    queryset = Depot.objects.prefetch_related("trams")


class NewDepot(serializers.ModelSerializer):
    class Meta:
        model = Depot
        fields = ["name", "trams"]
        read_only_fields = ["trams"]


class Found(APIView):
    def post(self, request):
        depot = NewDepot(data=request.data)
        depot.is_valid(raise_exception=True)
        return Response(status=201)


class DepotOfTrams(serializers.ModelSerializer):
    class Meta:
        model = Depot
        fields = ["name", "trams"]


class Join(APIView):
    def post(self, request):
        depot = DepotOfTrams(data=request.data)
        depot.is_valid(raise_exception=True)  # expect[query-per-row]
        return Response(status=201)
