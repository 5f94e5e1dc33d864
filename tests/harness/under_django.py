"""How a fixture runs under Django: its settings, its tables, and where its queries are seen. See `measure.py`."""

import contextlib
import contextvars
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import django
from asgiref.sync import SyncToAsync
from django.conf import settings

# The stacks that wait for a query which asgiref runs in another thread, innermost first.
waiting: contextvars.ContextVar[tuple[FrameType, ...]] = contextvars.ContextVar("waiting", default=())


def set_up(fixture: Path) -> None:
    """Configure Django: an app named `app` on an in-memory database; `app/settings.py` overrides."""
    options = {
        "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "INSTALLED_APPS": ["django.contrib.contenttypes", "django.contrib.auth", "app"],
        "SECRET_KEY": "not a secret",
        "USE_TZ": True,
    }
    override = fixture / "app" / "settings.py"
    if override.exists():
        names: dict[str, object] = {}
        exec(compile(override.read_text(), str(override), "exec"), names)
        options.update({name: value for name, value in names.items() if name.isupper()})
    settings.configure(**options)
    django.setup()
    carry_stack_into_threads()


def carry_stack_into_threads() -> None:
    """Django's asynchronous ORM runs its queries in a thread: remember the stack that awaits them."""
    call = SyncToAsync.__call__

    async def remembering(self, *args, **kwargs):
        # All of them at once: a coroutine that is suspended no longer knows who awaits it.
        token = waiting.set((*stack(sys._getframe(1)), *waiting.get()))
        try:
            return await call(self, *args, **kwargs)
        finally:
            waiting.reset(token)

    SyncToAsync.__call__ = remembering


def stack(frame: FrameType | None) -> Iterator[FrameType]:
    """The frame and those that called it, innermost first."""
    while frame is not None:
        yield frame
        frame = frame.f_back


def empty_tables() -> None:
    """Empty all tables; the first call creates one per model, without migrations."""
    from django.core.management import call_command
    from django.db import connection

    if not connection.introspection.table_names():
        create_tables()
    call_command("flush", interactive=False, verbosity=0)


def create_tables() -> None:
    """One table per model that Django itself would make."""
    from django.apps import apps
    from django.db import connection

    connection.disable_constraint_checking()
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy and not model._meta.swapped:
                editor.create_model(model)
    connection.enable_constraint_checking()


@contextlib.contextmanager
def counting(count: Callable[[str, FrameType], None]) -> Iterator[None]:
    """Calls `count` for every statement; content types are forgotten first, as their cache outlives a run."""
    from django.contrib.contenttypes.models import ContentType
    from django.db import connection

    def execute(execute, sql, params, many, context):
        count(sql, sys._getframe(1))
        return execute(sql, params, many, context)

    ContentType.objects.clear_cache()
    with connection.execute_wrapper(execute):
        yield


def line_above(frame: FrameType, line_at: Callable) -> object:
    """The line that awaits the thread of `frame`."""
    return next(filter(None, map(line_at, waiting.get())), None)
