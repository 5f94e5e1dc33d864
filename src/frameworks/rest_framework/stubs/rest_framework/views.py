"""rest_framework.views: each method of HTTP that a view answers is a request of its own."""

from rest_framework.request import Request

METHODS = (("get", "GET"), ("post", "POST"), ("put", "PUT"), ("patch", "PATCH"), ("delete", "DELETE"))


class APIView:
    permission_classes = ()
    renderer_classes = ()
    request = anything()
    kwargs = anything()
    args = anything()

    def __entry__(self):
        for name, method in METHODS:
            if defines(self, name):
                separately(self.answer, name, method)

    def answer(self, name, method):
        setattr(self, "request", Request(method))
        setattr(self, "handler", name)
        setattr(self, "blamed", (name, "get_queryset", "queryset"))
        response = self.dispatch(self.request)
        for renderer in self.renderer_classes:
            renderer().render(response.data, None, {"view": self, "request": self.request, "response": response})

    def dispatch(self, request, *arguments, **keywords):
        """What a project puts around the answer."""
        return at_declaration(self, self.blamed, getattr(self, self.handler), self.request)

    @classmethod
    def as_view(cls, **keywords):
        return anything()

    def get_permissions(self):
        return [permission() for permission in self.permission_classes]

    def check_permissions(self, request):
        pass

    def check_object_permissions(self, request, obj):
        for permission in self.get_permissions():
            permission.has_object_permission(request, self, obj)
