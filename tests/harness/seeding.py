"""Rows for the fixtures' `drive.py`, made without naming every column."""

import datetime
import itertools
from typing import Any

from django.db import models

_numbers = itertools.count(1)


def make(model: type[models.Model], **given: Any) -> models.Model:
    """Store one row of `model`: what is not given and has no default is filled in, required parents are made."""
    values = dict(given)
    for field in model._meta.concrete_fields:
        if field.name in values or field.attname in values or _optional(field):
            continue
        values[field.name] = make(field.related_model) if field.is_relation else _value(field)
    return model._default_manager.create(**values)


def _optional(field: models.Field) -> bool:
    """Whether a row can be stored without a value for the field."""
    parent_link = getattr(field.remote_field, "parent_link", False)
    return field.has_default() or field.null or isinstance(field, models.AutoField) or parent_link


def _value(field: models.Field) -> Any:
    """A value that no other call gives, where the type leaves room."""
    number = next(_numbers)
    match field:
        case models.DateTimeField():
            return datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(hours=number)
        case models.DateField():
            return datetime.date(2024, 1, 1) + datetime.timedelta(days=number)
        case models.BooleanField():
            return True
        case models.IntegerField() | models.DecimalField() | models.FloatField():
            return number
        case models.EmailField():
            return f"person{number}@example.org"
        case _:
            return f"{field.name} {number}"
