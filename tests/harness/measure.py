"""Runs fixtures under the ORM of this interpreter and prints which lines fired how many queries.

    python measure.py ORM SIZE... < FOLDERS         a line of JSON for each folder: {"folder": ..., "result": ...}

The result has an entry for each size, or says under `error` why there is none. Each fixture runs in processes of its own,
forked from one that has the ORM imported already.

At each size the fixture starts from empty tables in a process of its own: `seed(n)` fills them unmeasured, then
`run(n)` and, where `drive.py` has one, `run_after(n)` are measured. A query belongs to the innermost line inside `app/`
on its stack. Savepoints are not counted: they come and go with the kind of transaction, not with the rows.

What differs between ORMs is in a module named after each, `under_django` and `under_sqlalchemy`:

    set_up(fixture)                 configures the ORM, before the fixture is imported
    empty_tables()                  creates the tables, or empties them
    counting(count)                 a context in which `count(sql, frame)` is called for every statement
    line_above(frame, line_at)      the line of the application that waits for the stack ending at `frame`
"""

import functools
import importlib
import json
import os
import signal
import sys
import threading
import traceback
from collections import Counter
from pathlib import Path
from types import FrameType, ModuleType

Line = tuple[str, int]

# A process that takes longer has lost its way.
SECONDS = 30


def line_of(frame: FrameType) -> int:
    """The line that a frame is at; for one that runs what Jinja made of a template, the template's."""
    template = frame.f_globals.get("__jinja_template__")
    return template.get_corresponding_lineno(frame.f_lineno) if template else frame.f_lineno


class Recorder:
    """Counts queries by line and notes which lines ran."""

    def __init__(self, orm: ModuleType, fixture: Path) -> None:
        self.orm = orm
        self.start = f"{fixture}{os.sep}"
        self.app = f"{fixture / 'app'}{os.sep}"
        self.queries: Counter[Line | None] = Counter()
        self.executed: set[Line] = set()
        self.statements: dict[tuple[Line | None, str], None] = {}

    def line_at(self, frame: FrameType | None) -> Line | None:
        """The nearest line of the application at or above `frame`."""
        while frame is not None:
            if frame.f_code.co_filename.startswith(self.app):
                return frame.f_code.co_filename.removeprefix(self.start), line_of(frame)
            frame = frame.f_back
        return None

    def count(self, sql: str, frame: FrameType) -> None:
        """Count a statement that the stack ending at `frame` sends."""
        if sql.split(None, 1)[0].upper() not in ("SAVEPOINT", "RELEASE", "ROLLBACK"):
            line = self.line_at(frame) or self.orm.line_above(frame, self.line_at)
            self.queries[line] += 1
            self.statements.setdefault((line, sql))

    def trace(self, frame: FrameType, event: str, arg: object):
        """Python's trace function: follows frames of the application only."""
        if not frame.f_code.co_filename.startswith(self.app):
            return None
        if event == "line":
            self.executed.add((frame.f_code.co_filename.removeprefix(self.start), line_of(frame)))
        return self.trace

    def record(self, entry_point, size: int) -> dict[str, object]:
        """Call `entry_point(size)` and report on it."""
        threading.settrace(self.trace)
        sys.settrace(self.trace)
        try:
            with self.orm.counting(self.count):
                entry_point(size)
        finally:
            sys.settrace(None)
            threading.settrace(None)
        return {
            "queries": sorted([*(line or ("", 0)), count] for line, count in self.queries.items()),
            "executed": sorted(self.executed),
            "statements": [[*(line or ("", 0)), sql] for line, sql in self.statements],
        }


def measure(orm: ModuleType, fixture: Path, drive: ModuleType, size: int) -> dict[str, object]:
    """What `drive` does with `size` rows."""
    result = {}
    for entry_point in ("run", "run_after"):
        if hasattr(drive, entry_point):
            orm.empty_tables()
            drive.seed(size)
            result[entry_point] = Recorder(orm, fixture).record(getattr(drive, entry_point), size)
    return result


class Failed(Exception):
    """What was to be done in a process of its own could not be done; the text is its traceback."""


def in_child(work) -> object:
    """The result of `work()`, run in a forked process so that no cache outlives it."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(SECONDS)
        try:
            answer = {"result": work()}
        except Failed as failed:
            answer = {"error": str(failed)}
        except BaseException:
            answer = {"error": traceback.format_exc()}
        with os.fdopen(writer, "w") as pipe:
            json.dump(answer, pipe)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    answer = json.loads(answer) if answer else {"error": f"it crashed, or took more than {SECONDS} s"}
    if "error" in answer:
        raise Failed(answer["error"])
    return answer["result"]


def warm(name: str) -> ModuleType:
    """Import once what every fixture needs; what is different about the ORM."""
    needed = {
        "django": ["django.db.models", "django.db.backends.sqlite3.base", "django.core.management.commands.flush", "django.test", "django.forms"],
        "sqlalchemy": ["sqlalchemy.orm", "alchemy", "sqlalchemy.dialects.sqlite.pysqlite", "sqlalchemy.dialects.sqlite.aiosqlite"],
    }  # fmt: skip
    for module in ["typing", "dataclasses", "itertools", "heapq", "traceback", *needed[name]]:
        importlib.import_module(module)
    return importlib.import_module(f"under_{name}")


def measure_all(orm: ModuleType, fixture: Path, sizes: list[int]) -> dict[str, object]:
    """What the fixture does at every size."""
    sys.path.insert(0, str(fixture))
    os.chdir(fixture)
    orm.set_up(fixture)
    drive = importlib.import_module("drive")
    return {str(size): in_child(functools.partial(measure, orm, fixture, drive, size)) for size in sizes}


def main() -> None:
    """Measure each of the folders on standard input."""
    answers = os.fdopen(os.dup(1), "w")
    # What a fixture prints is no answer.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.path.insert(0, str(Path(__file__).parent))
    orm, sizes = warm(sys.argv[1]), [int(size) for size in sys.argv[2:]]
    for line in sys.stdin:
        folder = line.strip()
        try:
            result = in_child(functools.partial(measure_all, orm, Path(folder).resolve(), sizes))
        except Failed as failed:
            result = {"error": str(failed)}
        print(json.dumps({"folder": folder, "result": result}), file=answers, flush=True)


if __name__ == "__main__":
    main()
