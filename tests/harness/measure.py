"""Runs one fixture under the Django of this interpreter and prints, as JSON, which lines fired how many queries.

    python measure.py FIXTURE SIZE...

At each size the fixture starts from empty tables in a process of its own: `seed(n)` fills them unmeasured, then
`run(n)` and, where `drive.py` has one, `run_after(n)` are measured. A query belongs to the innermost line inside `app/`
on its stack. Savepoints are not counted: they come and go with the kind of transaction, not with the rows.
"""

import contextvars
import functools
import json
import os
import sys
import threading
from collections import Counter
from pathlib import Path
from types import FrameType

FIXTURE = Path(sys.argv[1]).resolve()
APP = f"{FIXTURE / 'app'}{os.sep}"
Line = tuple[str, int]

# The line of the application that waits for a query which asgiref runs in another thread.
waiting: contextvars.ContextVar[Line | None] = contextvars.ContextVar("waiting", default=None)


def innermost_line(frame: FrameType | None) -> Line | None:
    """The nearest line of the application at or above `frame`."""
    while frame is not None:
        if frame.f_code.co_filename.startswith(APP):
            return os.path.relpath(frame.f_code.co_filename, FIXTURE), frame.f_lineno
        frame = frame.f_back
    return waiting.get()


class Recorder:
    """Counts queries by line and notes which lines ran."""

    def __init__(self) -> None:
        self.queries: Counter[Line | None] = Counter()
        self.executed: set[Line] = set()

    def __call__(self, execute, sql, params, many, context):
        """Django's execute wrapper."""
        if sql.split(None, 1)[0].upper() not in ("SAVEPOINT", "RELEASE", "ROLLBACK"):
            self.queries[innermost_line(sys._getframe(1))] += 1
        return execute(sql, params, many, context)

    def trace(self, frame: FrameType, event: str, arg: object):
        """Python's trace function: follows frames of the application only."""
        if not frame.f_code.co_filename.startswith(APP):
            return None
        if event == "line":
            self.executed.add((os.path.relpath(frame.f_code.co_filename, FIXTURE), frame.f_lineno))
        return self.trace

    def record(self, entry_point, size: int) -> dict[str, object]:
        """Call `entry_point(size)` and report on it."""
        from django.contrib.contenttypes.models import ContentType
        from django.db import connection

        ContentType.objects.clear_cache()
        threading.settrace(self.trace)
        sys.settrace(self.trace)
        try:
            with connection.execute_wrapper(self):
                entry_point(size)
        finally:
            sys.settrace(None)
            threading.settrace(None)
        return {
            "queries": sorted([*(line or ("", 0)), count] for line, count in self.queries.items()),
            "executed": sorted(self.executed),
        }


def carry_stack_into_threads() -> None:
    """Django's asynchronous ORM runs its queries in a thread: remember the line that awaits them."""
    from asgiref.sync import SyncToAsync

    call = SyncToAsync.__call__

    async def remembering(self, *args, **kwargs):
        token = waiting.set(innermost_line(sys._getframe(1)))
        try:
            return await call(self, *args, **kwargs)
        finally:
            waiting.reset(token)

    SyncToAsync.__call__ = remembering


def set_up() -> None:
    """Configure Django for the fixture: an app named `app` on an in-memory database; `app/settings.py` overrides."""
    import django
    from django.conf import settings

    options = {
        "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "INSTALLED_APPS": ["django.contrib.contenttypes", "django.contrib.auth", "app"],
        "SECRET_KEY": "not a secret",
        "USE_TZ": True,
    }
    override = FIXTURE / "app" / "settings.py"
    if override.exists():
        names: dict[str, object] = {}
        exec(compile(override.read_text(), str(override), "exec"), names)
        options.update({name: value for name, value in names.items() if name.isupper()})
    settings.configure(**options)
    django.setup()
    carry_stack_into_threads()


def create_tables() -> None:
    """One table per model, without migrations."""
    from django.apps import apps
    from django.db import connection

    connection.disable_constraint_checking()
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if model._meta.managed and not model._meta.proxy and not model._meta.swapped:
                editor.create_model(model)
    connection.enable_constraint_checking()


def measure(drive, size: int) -> dict[str, object]:
    """What `drive` does with `size` rows."""
    result = {}
    for entry_point in ("run", "run_after"):
        if hasattr(drive, entry_point):
            from django.core.management import call_command

            call_command("flush", interactive=False, verbosity=0)
            drive.seed(size)
            result[entry_point] = Recorder().record(getattr(drive, entry_point), size)
    return result


def in_child(work) -> object:
    """The result of `work()`, run in a forked process so that no cache outlives it; its failure is ours."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, json.dumps(work()).encode())
            os.close(writer)
            os._exit(0)
        except BaseException:
            sys.excepthook(*sys.exc_info())
            sys.stderr.flush()
            os._exit(1)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        answer = pipe.read()
    if os.waitpid(child, 0)[1] != 0:
        sys.exit(1)
    return json.loads(answer)


def main() -> None:
    """Measure the fixture at every size of the command line."""
    sys.path[:0] = [str(FIXTURE), str(Path(__file__).parent)]
    os.chdir(FIXTURE)
    set_up()
    import drive

    def at(size: str) -> dict[str, object]:
        create_tables()
        return measure(drive, int(size))

    print(json.dumps({size: in_child(functools.partial(at, size)) for size in sys.argv[2:]}))


if __name__ == "__main__":
    main()
