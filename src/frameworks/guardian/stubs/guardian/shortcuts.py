"""guardian.shortcuts: rows that a user has permissions for, and nothing loaded with them."""


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
