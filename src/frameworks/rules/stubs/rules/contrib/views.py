"""rules.contrib.views: a view asks for a permission of the object that it shows."""

from django.contrib.auth import mixins

LoginRequiredMixin = mixins.LoginRequiredMixin
UserPassesTestMixin = mixins.UserPassesTestMixin


class PermissionRequiredMixin(mixins.PermissionRequiredMixin):
    def get_permission_object(self):
        return self.get_object() if hasattr(self, "get_object") else None

    def has_permission(self):
        obj = self.get_permission_object()
        return self.request.user.has_perms(self.get_permission_required(), obj)


class AutoPermissionRequiredMixin(PermissionRequiredMixin):
    pass


def permission_required(perm, fn=None, **options):
    def decorator(view):
        def checked(request, *arguments, **keywords):
            obj = fn(request, *arguments, **keywords) if is_function(fn) else fn
            request.user.has_perms([perm] if isinstance(perm, str) else perm, obj)
            return view(request, *arguments, **keywords)

        return checked

    return decorator


def objectgetter(model, attr_name="pk", field_name="pk"):
    def getter(request, *arguments, **keywords):
        rows = model._default_manager if is_class(model) else model
        return rows.get(**{field_name: keywords[attr_name]})

    return getter
