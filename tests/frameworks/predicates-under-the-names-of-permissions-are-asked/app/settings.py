import os

AUTH_USER_MODEL = "app.Keeper"
DEFAULT_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
]
MORE_BACKENDS = [name for name in os.environ.get("MORE_BACKENDS", "").split(",") if name]
AUTHENTICATION_BACKENDS = DEFAULT_BACKENDS + MORE_BACKENDS
