"""rest_framework.views: each method of HTTP that a view answers is a request of its own."""

METHODS = ("get", "post", "put", "patch", "delete")


class APIView:
    request = anything()
    kwargs = anything()
    args = anything()

    def __entry__(self):
        for name in METHODS:
            separately(self.answer, name)

    def answer(self, name):
        at_declaration(self, (name, "get_queryset", "queryset"), getattr(self, name), self.request)

    @classmethod
    def as_view(cls, **keywords):
        return anything()

    def check_permissions(self, request):
        pass

    def check_object_permissions(self, request, obj):
        pass
