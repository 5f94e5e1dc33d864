from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from .models import Member, Role


@admin.register(Member)
class MemberAdmin(UserAdmin):
    list_display = ("nickname",)


@admin.register(Role)
class RoleAdmin(admin.ModelAdmin):  # expect[lazy-load-per-row]
    filter_horizontal = ("permissions",)
