"""The database of SQLAlchemy fixtures, and what their `drive.py` needs of it: sessions, and rows to start from.

It lies in memory and is shared by a synchronous and an asynchronous engine, so it lives as long as `engine` holds its
connection.
"""

from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import NullPool, StaticPool

_DATABASE = "/file:fixture?mode=memory&cache=shared&uri=true"

engine = create_engine(f"sqlite://{_DATABASE}", poolclass=StaticPool)
session = sessionmaker(engine)
async_session = async_sessionmaker(create_async_engine(f"sqlite+aiosqlite://{_DATABASE}", poolclass=NullPool))


def store(*objects: object) -> None:
    """Commit the objects, and what hangs on them, in a session of their own."""
    with session.begin() as own:
        own.add_all(objects)
