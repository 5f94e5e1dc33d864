"""How a fixture runs under SQLAlchemy: its tables, and where its statements and commits are seen. See `measure.py`.

The models are those of `app.models`, under a `Base`; the database is the one of `alchemy.py`.
"""

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from alchemy import engine
from greenlet import getcurrent
from sqlalchemy import Engine, event


def set_up(fixture: Path) -> None:
    """Nothing: models register themselves when they are imported."""


def empty_tables() -> None:
    """Make all tables anew."""
    from app.models import Base

    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)


@contextlib.contextmanager
def counting(count: Callable[[str, FrameType], None]) -> Iterator[None]:
    """Calls `count` for every execution of a statement, and every commit, of any engine.

    An execution for many rows is one. SQLite sends an INSERT that returns keys once a row, where other databases take
    all rows in one statement; what tells is that all of these share their context.
    """
    last = None

    def execute(connection, cursor, statement, parameters, context, executemany):
        nonlocal last
        if context is not last:
            count(statement, sys._getframe(1))
        last = context

    def commit(connection):
        count("COMMIT", sys._getframe(1))

    listeners = {"before_cursor_execute": execute, "commit": commit}
    for name, listener in listeners.items():
        event.listen(Engine, name, listener)
    try:
        yield
    finally:
        for name, listener in listeners.items():
            event.remove(Engine, name, listener)


def line_above(frame: FrameType, line_at: Callable) -> object:
    """The line that awaits the greenlet in which SQLAlchemy's asynchronous part runs its synchronous one."""
    parent = getcurrent().parent
    return line_at(parent.gr_frame) if parent else None
