"""strawberry_django: types that stand for the rows of a model."""

from strawberry import field


class type:
    def __init__(self, model=None, **options):
        self.model = model

    def __call__(self, decorated):
        return decorated


class interface(type):
    pass


def connection(*arguments, **options):
    return field(**options)


def offset_paginated(*arguments, **options):
    return field(**options)
