"""sqlmodel: a class without a table is a pydantic model; one with a table is mapped, and its rows are read like any."""

from pydantic import BaseModel


class SQLModel(BaseModel):
    pass
