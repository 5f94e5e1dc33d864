"""django.template.defaulttags: what a tag does with rows."""

from typing import NamedTuple


class GroupedResult(NamedTuple):
    grouper: object
    list: object


def regroup(items, expression):
    return [GroupedResult(look_up(item, expression), [item]) for item in items]
