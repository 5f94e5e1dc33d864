"""guardian.shortcuts: rows that a user has permissions for, and nothing loaded with them; permissions given and taken."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission


def get_objects_for_user(user, perms, klass=None, *arguments, **options):
    return permitted(klass or kind_of(perms))


def get_objects_for_group(group, perms, klass=None, *arguments, **options):
    return permitted(klass or kind_of(perms))


def kind_of(perms):
    """`"events.view_event"`: permissions that Django makes bear the name of their model."""
    name = perms[0] if isinstance(perms, (list, tuple)) else perms
    return model_called(name.rpartition("_")[2])


def permitted(klass):
    rows = klass._default_manager if is_class(klass) else klass
    return rows.filter(pk__in=anything())


def assign_perm(perm, user_or_group, obj=None):
    """The permission is looked up by its name, and written for the row where it is missing."""
    permission = Permission.objects.get(codename=perm)
    if obj is None:
        given_at_all(user_or_group).add(permission)


def remove_perm(perm, user_or_group=None, obj=None):
    permission = Permission.objects.get(codename=perm)
    if obj is None:
        given_at_all(user_or_group).remove(permission)


def given_at_all(user_or_group):
    return user_or_group.permissions if isinstance(user_or_group, Group) else user_or_group.user_permissions


def get_users_with_perms(obj, *arguments, **options):
    return get_user_model()._default_manager.filter(pk__in=anything()).distinct()


def get_groups_with_perms(obj, *arguments, **options):
    return Group.objects.filter(pk__in=anything()).distinct()


def get_perms(user_or_group, obj):
    return list(Permission.objects.filter(pk__in=anything()).values_list("codename", flat=True))
