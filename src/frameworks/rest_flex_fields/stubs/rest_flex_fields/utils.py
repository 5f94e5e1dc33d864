"""rest_flex_fields.utils: what a request asks for is not known."""


def is_expanded(request, field):
    return anything()


def is_included(request, field):
    return anything()


def split_levels(fields):
    return anything(), anything()
