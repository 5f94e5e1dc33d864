from functools import wraps

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import Session

from .models import Ingredient, Unit

session = Session()


def per_request(function):
    key = f"_memo_{function.__name__}"

    @wraps(function)
    def wrapper():
        if key not in g:
            setattr(g, key, function())
        return getattr(g, key)

    return wrapper


@per_request
def units():
    return {unit.code: unit for unit in session.scalars(select(Unit))}


def units_now():
    return {unit.code: unit for unit in session.scalars(select(Unit))}  # expect[query-per-row] "Unit"


def labels():
    return [units()[item.unit_code].label for item in session.scalars(select(Ingredient))]


def labels_now():
    return [units_now()[item.unit_code].label for item in session.scalars(select(Ingredient))]
