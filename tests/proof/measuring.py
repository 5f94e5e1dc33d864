"""Runs programs under the ORM of this interpreter: `python measuring.py ORM SIZE... < FOLDERS`, a line of JSON for each.

Each program runs in processes of its own, forked from one that has the ORM imported already. How queries are counted is
the harness's business.
"""

import importlib
import json
import os
import signal
import sys
import traceback
from functools import partial
from pathlib import Path

HARNESS = Path(__file__).resolve().parents[1] / "harness"
sys.path.insert(0, str(HARNESS))

from measure import in_child, measure  # noqa: E402

SECONDS = 30


def warm(orm: str) -> None:
    """Import once what every program needs."""
    needed = {
        "django": ["django.db.models", "django.db.backends.sqlite3.base", "django.core.management.commands.flush", "django.test.utils"],
        "sqlalchemy": ["sqlalchemy.orm", "alchemy", "sqlalchemy.dialects.sqlite.pysqlite", "sqlalchemy.dialects.sqlite.aiosqlite"],
    }  # fmt: skip
    for name in ["typing", "dataclasses", "functools", "itertools", "heapq", "contextlib", f"under_{orm}", *needed[orm]]:
        importlib.import_module(name)


def run(orm: str, folder: Path, sizes: list[int]) -> dict:
    """What the program does at each size, or why it can't."""
    signal.alarm(SECONDS)
    try:
        sys.path.insert(0, str(folder))
        os.chdir(folder)
        backend = importlib.import_module(f"under_{orm}")
        backend.set_up(folder)
        drive = importlib.import_module("drive")
        return {str(size): measure(backend, folder, drive, size) for size in sizes}
    except BaseException:
        return {"error": traceback.format_exc()}


def main() -> None:
    """Measure each of the folders on standard input."""
    orm, *sizes = sys.argv[1:]
    warm(orm)
    for line in sys.stdin:
        folder = Path(line.strip())
        try:
            result = in_child(partial(run, orm, folder, [int(size) for size in sizes]))
        except SystemExit:
            result = {"error": "ran out of time or crashed"}
        print(json.dumps({"folder": str(folder), "result": result}), flush=True)


if __name__ == "__main__":
    main()
