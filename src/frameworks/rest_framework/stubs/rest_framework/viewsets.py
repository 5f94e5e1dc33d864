"""rest_framework.viewsets: each action of a set is a request of its own, and the set knows which it is."""

from rest_framework import mixins
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.views import APIView

METHODS = {
    "list": "GET",
    "retrieve": "GET",
    "create": "POST",
    "update": "PUT",
    "partial_update": "PATCH",
    "destroy": "DELETE",
}
ACTIONS = ("list", "retrieve", "create", "update", "partial_update", "destroy")


class ViewSetMixin:
    action = anything()
    basename = None
    detail = None

    def __entry__(self):
        for name in self.known_actions():
            if defines(self, name):
                separately(self.perform, name)

    def __as_root__(self, method):
        if method in self.known_actions():
            self.begin_action(method)

    def known_actions(self):
        return ACTIONS + decorated_methods(type(self), ("action", "detail_route", "list_route"))

    def begin_action(self, name):
        setattr(self, "action", name)
        setattr(self, "request", Request(METHODS[name] if name in METHODS else anything()))

    def perform(self, name):
        self.begin_action(name)
        setattr(self, "handler", name)
        setattr(self, "blamed", (name,) + self.declared(name))
        self.dispatch(self.request)

    def declared(self, name):
        """What is read depends on the rows asked for; what is checked and written, on the serializer."""
        if name in ("create", "update", "partial_update"):
            return ("serializer_class", "get_serializer_class", "get_queryset", "queryset")
        return ("get_queryset", "queryset")


class ViewSet(ViewSetMixin, APIView):
    pass


class GenericViewSet(ViewSetMixin, GenericAPIView):
    pass


class ReadOnlyModelViewSet(mixins.RetrieveModelMixin, mixins.ListModelMixin, GenericViewSet):
    pass


class ModelViewSet(
    mixins.CreateModelMixin,
    mixins.RetrieveModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    mixins.ListModelMixin,
    GenericViewSet,
):
    pass
