"""How a schema of strawberry's walks its types: each field of a type is resolved for each object of it.

A client may ask for anything; a type inside itself is not followed for ever.
"""

DEPTH = 4
RESOLVED = ("field", "connection", "mutation", "offset_paginated")


class field:
    """A field that a class body assigns."""

    def __init__(self, resolver=None, field_name=None, **options):
        self.resolver = resolver
        self.field_name = field_name

    def resolve(self, name, value):
        if self.resolver is not None:
            return self.resolver(value)
        return source_value(value, self.field_name or name)


def offer(kind, value, extensions):
    is_optimized = [extension for extension in extensions if defines(extension, "__optimizes__")]
    resolve_all(kind, value, is_optimized, DEPTH)


def resolve_all(kind, value, is_optimized, depth):
    for name, declared in field_types(kind).items():
        at_declaration(kind, (name,), resolve_field, kind, name, declared, value, is_optimized, depth)
    for name in decorated_methods(kind, RESOLVED):
        resolve_method(kind, name, value, is_optimized, depth)


def resolve_field(kind, name, declared, value, is_optimized, depth):
    made = declared_fields(kind, field).get(name) or field()
    if value is None and made.resolver is None:
        show(declared, rows_of(declared), is_optimized, depth)
    else:
        show(declared, made.resolve(name, value), is_optimized, depth)


def resolve_method(kind, name, value, is_optimized, depth):
    method = declared_value(kind, name, None)
    show(returned_type(method), method(value), is_optimized, depth)


def show(declared, value, is_optimized, depth):
    kind, is_many = type_parts(declared)
    if kind is not None and depth:
        if is_many:
            for item in eagerly(kind, all_of(value), is_optimized, depth):
                resolve_all(kind, item, False, depth - 1)
        elif value is not None:
            resolve_all(kind, value, False, depth - 1)


def rows_of(declared):
    """What a field at the root shows when nothing resolves it."""
    kind, is_many = type_parts(declared)
    rows = model_behind(kind)._default_manager.all()
    return rows if is_many else rows.get(pk=anything())


def model_behind(kind):
    """`@strawberry_django.type(Book)`"""
    return decoration(kind, "type").model


def eagerly(kind, rows, is_optimized, depth):
    """The optimizer loads with the rows what fields of their relations need."""
    if is_optimized:
        return rows.prefetch_related(*paths_of(kind, "", depth - 1))
    return rows


def paths_of(kind, before, depth):
    paths = []
    for name, declared in field_types(kind).items():
        inner, is_many = type_parts(declared)
        if inner is not None:
            paths = paths + [before + name]
            if depth:
                paths = paths + paths_of(inner, before + name + "__", depth - 1)
    return paths
