"""rest_framework.permissions: questions about a request, or about one row of it."""


class BasePermission:
    def has_permission(self, request, view):
        return anything()

    def has_object_permission(self, request, view, obj):
        return anything()


class AllowAny(BasePermission):
    pass


class IsAuthenticated(BasePermission):
    pass


class IsAdminUser(BasePermission):
    pass


class IsAuthenticatedOrReadOnly(BasePermission):
    pass


class DjangoModelPermissions(BasePermission):
    pass


class DjangoModelPermissionsOrAnonReadOnly(DjangoModelPermissions):
    pass


class DjangoObjectPermissions(DjangoModelPermissions):
    pass
