"""django.contrib.auth.admin"""

from django.contrib.admin import ModelAdmin


class UserAdmin(ModelAdmin):
    list_display = ("username", "email", "first_name", "last_name", "is_staff")
    list_filter = ("is_staff", "is_superuser", "is_active", "groups")
    filter_horizontal = ("groups", "user_permissions")


class GroupAdmin(ModelAdmin):
    list_display = ("name",)
    filter_horizontal = ("permissions",)
