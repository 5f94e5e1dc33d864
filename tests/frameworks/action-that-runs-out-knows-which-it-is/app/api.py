from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import ModelViewSet

from .models import Ship
from .spelling import spell_0


class Manifest(serializers.ModelSerializer):
    harbour = serializers.SerializerMethodField()

    class Meta:
        model = Ship
        fields = ["name", "harbour"]

    def get_harbour(self, ship):
        return spell_0(ship.harbour.name)


class Register(serializers.ModelSerializer):
    harbour = serializers.SerializerMethodField()

    class Meta:
        model = Ship
        fields = ["name", "harbour"]

    def get_harbour(self, ship):
        return ship.harbour.name  # expect[lazy-load-per-row]


class ShipViewSet(ModelViewSet):
    def get_queryset(self):
        if self.action == "manifest":
            return Ship.objects.select_related("harbour")
        return Ship.objects.all()

    @action(detail=False)
    def manifest(self, request):
        return Response(Manifest(self.get_queryset(), many=True).data)


class RegisterViewSet(ModelViewSet):
    serializer_class = Register
    queryset = Ship.objects.all()
