from operator import attrgetter

from rest_framework import renderers, serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Crop


class CodeField(serializers.Field):
    def to_internal_value(self, data):
        return Crop.objects.filter(code=data).first()  # expect[query-per-row]

    def to_representation(self, value):
        return value.code


class KnownCodeField(CodeField):
    def to_internal_value(self, data):
        return self.context["crops"].get(data)


class Line(serializers.Serializer):
    crop = CodeField()


class KnownLine(serializers.Serializer):
    crop = KnownCodeField()


class Upload(APIView):
    def post(self, request):
        lines = Line(data=request.data, many=True)
        lines.is_valid(raise_exception=True)
        return Response()


class KnownUpload(APIView):
    def post(self, request):
        crops = {crop.code: crop for crop in Crop.objects.all()}
        lines = KnownLine(data=request.data, many=True, context={"crops": crops})
        lines.is_valid(raise_exception=True)
        return Response()


class RowsRenderer(renderers.BaseRenderer):
    media_type = "text/csv"

    def render(self, data, accepted_media_type=None, renderer_context=None):
        columns = renderer_context["view"].columns
        return "\n".join(",".join(str(attrgetter(one)(row)) for one in columns) for row in data)


class Export(APIView):
    renderer_classes = [RowsRenderer]
    columns = ["code", "grower_name"]

    def get(self, request):
        return Response(Crop.objects.all())


class ExportOfJoined(Export):
    def get(self, request):
        return Response(Crop.objects.select_related("grower"))
