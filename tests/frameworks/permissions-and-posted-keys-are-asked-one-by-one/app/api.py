from rest_framework import generics, permissions, serializers
from rest_framework.response import Response

from .models import Document, Membership


class IsMember(permissions.BasePermission):
    def has_object_permission(self, request, view, obj):
        return Membership.objects.filter(team_id=obj.team_id).exists()  # expect[count-per-row]


class DocumentSerializer(serializers.ModelSerializer):
    class Meta:
        model = Document
        fields = ["id", "title"]


class Documents(generics.ListAPIView):
    queryset = Document.objects.all()
    serializer_class = DocumentSerializer
    permission_classes = [IsMember]

    def list(self, request, *args, **kwargs):
        shown = [document for document in self.get_queryset() if self.is_allowed(document)]
        return Response(self.get_serializer(shown, many=True).data)

    def is_allowed(self, document):
        return all(one.has_object_permission(self.request, self, document) for one in self.get_permissions())


class FolderSerializer(serializers.Serializer):
    name = serializers.CharField()
    documents = serializers.PrimaryKeyRelatedField(queryset=Document.objects.all(), many=True)


class KeysSerializer(serializers.Serializer):
    documents = serializers.ListField(child=serializers.IntegerField())

    def validate_documents(self, keys):
        return Document.objects.in_bulk(keys)


def preview(request):
    serializer = FolderSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)  # expect[query-per-row]
    return Response(serializer.validated_data)


def preview_at_once(request):
    serializer = KeysSerializer(data=request.data)
    serializer.is_valid(raise_exception=True)
    return Response(serializer.validated_data)
