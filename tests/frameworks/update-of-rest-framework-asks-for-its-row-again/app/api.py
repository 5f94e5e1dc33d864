from rest_framework import generics, serializers

from .models import Well


class WellSerializer(serializers.ModelSerializer):
    class Meta:
        model = Well
        fields = ["id", "name", "depth"]


class WellDetail(generics.RetrieveUpdateAPIView):
    queryset = Well.objects.all()
    serializer_class = WellSerializer

    def perform_update(self, serializer):
        before = self.get_object()  # expect[same-query-twice] "Well"
        serializer.save(checks=before.checks + 1)


class WellOfTheSerializer(generics.RetrieveUpdateAPIView):
    """The serializer has the row."""

    queryset = Well.objects.all()
    serializer_class = WellSerializer

    def perform_update(self, serializer):
        serializer.save(checks=serializer.instance.checks + 1)


class WellReadBack(generics.RetrieveUpdateAPIView):
    """What was saved is read again."""

    queryset = Well.objects.all()
    serializer_class = WellSerializer

    def perform_update(self, serializer):
        serializer.save()
        self.saved = self.get_object()


class WellKept(generics.RetrieveUpdateAPIView):
    queryset = Well.objects.all()
    serializer_class = WellSerializer

    def get_object(self):
        if not hasattr(self, "_well"):
            self._well = super().get_object()
        return self._well

    def perform_update(self, serializer):
        serializer.save(checks=self.get_object().checks + 1)
