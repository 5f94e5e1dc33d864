from rest_flex_fields import FlexFieldsModelViewSet
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Vase
from .serializers import VaseSerializer


class Vases(FlexFieldsModelViewSet):
    queryset = Vase.objects.all()
    serializer_class = VaseSerializer
    permit_list_expands = ["potter"]


class Shown(APIView):
    def get(self, request):
        rows = Vase.objects.all()
        return Response(VaseSerializer(rows, many=True, expand=["potter"]).data)


class Listed(APIView):
    def get(self, request):
        rows = Vase.objects.select_related("potter")
        return Response(VaseSerializer(rows, many=True, expand=["potter", "kiln"], omit=["kiln"]).data)


class Broken(APIView):
    def get(self, request):
        rows = Vase.objects.prefetch_related("cracks")
        return Response(VaseSerializer(rows, many=True, expand=["cracks"], fields=["name", "cracks"]).data)


class Counted(APIView):
    def get(self, request):
        rows = Vase.objects.all()
        return Response(VaseSerializer(rows, many=True, expand=["cracks"]).data)
