"""django.contrib.auth.admin"""

from django.contrib.admin import ModelAdmin


class _WithPermissions(ModelAdmin):
    """The permissions to choose from are joined with the content types that their names begin with."""

    def formfield_for_manytomany(self, db_field, request, queryset=None, **options):
        if db_field.name in ("permissions", "user_permissions"):
            if queryset is None:
                queryset = db_field.related_model._default_manager.all()
            queryset = queryset.select_related("content_type")
        return super().formfield_for_manytomany(db_field, request, queryset=queryset, **options)


class UserAdmin(_WithPermissions):
    list_display = ("username", "email", "first_name", "last_name", "is_staff")
    list_filter = ("is_staff", "is_superuser", "is_active", "groups")
    filter_horizontal = ("groups", "user_permissions")


class GroupAdmin(_WithPermissions):
    list_display = ("name",)
    filter_horizontal = ("permissions",)
