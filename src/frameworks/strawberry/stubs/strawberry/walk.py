"""How a schema of strawberry's walks its types: each field of a type is resolved for each object of it.

A client may ask for anything; a type inside itself is not followed for ever.
"""

DEPTH = 4
RESOLVED = ("field", "connection", "offset_paginated")


class field:
    """A field that a class body assigns."""

    def __init__(self, resolver=None, field_name=None, select_related=(), prefetch_related=(), **options):
        self.resolver = resolver
        self.field_name = field_name
        self.needs = listed(select_related) + listed(prefetch_related)

    def resolve(self, name, value):
        if self.resolver is not None:
            return self.resolver(value)
        return source_value(value, self.field_name or name)


def offer(kind, value, extensions):
    is_optimized = [extension for extension in extensions if defines(extension, "__optimizes__")]
    for name, declared in field_types(kind).items():
        at_declaration(kind, (name,), offer_field, kind, name, declared, is_optimized)
    for name in decorated_methods(kind, RESOLVED):
        resolve_method(kind, name, value, is_optimized, DEPTH)
    for name in decorated_methods(kind, ("mutation",)):
        # Of what was just written a client asks little more than the key.
        declared_value(kind, name, None)(value)


def offer_field(kind, name, declared, is_optimized):
    """A field at the root shows the rows of its type when nothing resolves it."""
    made = declared_fields(kind, field).get(name) or field()
    rows = rows_of(declared) if made.resolver is None else made.resolver(None)
    show(declared, rows, is_optimized, DEPTH)


def resolve_all(kind, value, is_optimized, depth):
    for name, declared in field_types(kind).items():
        at_declaration(kind, (name,), resolve_field, kind, name, declared, value, is_optimized, depth)
    for name in decorated_methods(kind, RESOLVED):
        if not needs_of(kind, name):
            resolve_method(kind, name, value, is_optimized, depth)


def resolve_field(kind, name, declared, value, is_optimized, depth):
    made = declared_fields(kind, field).get(name) or field()
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
            for name in decorated_methods(kind, ("field",)):
                needs = needs_of(kind, name)
                if needs:
                    for item in hinted(all_of(value), needs, is_optimized):
                        resolve_method(kind, name, item, False, depth - 1)
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


def needs_of(kind, name):
    """`@strawberry_django.field(select_related=["author"])`: what a method says it needs loaded when it is asked for."""
    made = decoration(declared_value(kind, name, None), "field")
    return known_or(made.needs, ())


def hinted(rows, needs, is_optimized):
    return known_or(rows.prefetch_related(*needs), rows) if is_optimized else rows


def eagerly(kind, rows, is_optimized, depth):
    """The optimizer loads with the rows what fields of their relations need."""
    return hinted(rows, paths_of(kind, "", depth - 1), is_optimized)


def listed(paths):
    return [paths] if isinstance(paths, str) else list(paths)


def paths_of(kind, before, depth):
    paths = []
    for made in declared_fields(kind, field).values():
        paths = paths + [before + path for path in made.needs]
    for name, declared in field_types(kind).items():
        inner, is_many = type_parts(declared)
        if inner is not None:
            paths = paths + [before + name]
            if depth:
                paths = paths + paths_of(inner, before + name + "__", depth - 1)
                for method in decorated_methods(inner, ("field",)):
                    paths = paths + [before + name + "__" + path for path in needs_of(inner, method)]
    return paths
