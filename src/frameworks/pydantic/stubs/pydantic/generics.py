"""pydantic.generics of pydantic 1: a model with type parameters."""

from pydantic import BaseModel


class GenericModel(BaseModel):
    pass
