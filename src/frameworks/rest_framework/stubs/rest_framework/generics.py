"""rest_framework.generics: views of a queryset."""

from rest_framework import mixins
from rest_framework.pagination import PageNumberPagination
from rest_framework.views import APIView


class GenericAPIView(APIView):
    queryset = None
    serializer_class = None
    lookup_field = "pk"
    lookup_url_kwarg = None
    filter_backends = ()
    pagination_class = "settings"

    def get_queryset(self):
        return self.queryset.all()

    def get_object(self):
        return answered(self, "get_object", self.filter_queryset(self.get_queryset()).get(pk=anything()))

    def get_serializer(self, *arguments, **keywords):
        return self.get_serializer_class()(*arguments, context=self.get_serializer_context(), **keywords)

    def get_serializer_class(self):
        return self.serializer_class

    def get_serializer_context(self):
        return {"request": self.request, "view": self, "format": None}

    def filter_queryset(self, queryset):
        for backend in self.filter_backends:
            queryset = known_or(backend().filter_queryset(self.request, queryset, self), queryset)
        return queryset

    @property
    def paginator(self):
        if self.pagination_class == "settings":
            return self.default_paginator()
        if self.pagination_class is None:
            return None
        return known_or(self.pagination_class(), PageNumberPagination())

    def default_paginator(self):
        options = known_or(setting("REST_FRAMEWORK"), {})
        if options.get("DEFAULT_PAGINATION_CLASS") is None:
            return None
        paginator = PageNumberPagination()
        paginator.page_size = options.get("PAGE_SIZE")
        return paginator

    def paginate_queryset(self, queryset):
        paginator = self.paginator
        if paginator is None:
            return None
        return paginator.paginate_queryset(queryset, self.request, view=self)

    def get_paginated_response(self, data):
        return self.paginator.get_paginated_response(data)


class CreateAPIView(mixins.CreateModelMixin, GenericAPIView):
    def post(self, request, *arguments, **keywords):
        return self.create(request, *arguments, **keywords)


class ListAPIView(mixins.ListModelMixin, GenericAPIView):
    def get(self, request, *arguments, **keywords):
        return self.list(request, *arguments, **keywords)


class RetrieveAPIView(mixins.RetrieveModelMixin, GenericAPIView):
    def get(self, request, *arguments, **keywords):
        return self.retrieve(request, *arguments, **keywords)


class DestroyAPIView(mixins.DestroyModelMixin, GenericAPIView):
    def delete(self, request, *arguments, **keywords):
        return self.destroy(request, *arguments, **keywords)


class UpdateAPIView(mixins.UpdateModelMixin, GenericAPIView):
    def put(self, request, *arguments, **keywords):
        return self.update(request, *arguments, **keywords)


class ListCreateAPIView(ListAPIView, CreateAPIView):
    pass


class RetrieveUpdateAPIView(RetrieveAPIView, UpdateAPIView):
    pass


class RetrieveDestroyAPIView(RetrieveAPIView, DestroyAPIView):
    pass


class RetrieveUpdateDestroyAPIView(RetrieveAPIView, UpdateAPIView, DestroyAPIView):
    pass
