"""pyramid.renderers: templates by name, and JSON of what has `__json__`."""

import builtins

JSON = ("json", "jsonp")


def encoded(value):
    if not holds_objects(value):
        return anything()
    if isinstance(value, dict):
        for part in value.values():
            encoded(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            encoded(part)
    elif hasattr(value, "__json__"):
        encoded(value.__json__(anything()))
    return anything()


def render(renderer_name, value, request=None, package=None):
    return builtins.render_template(renderer_name, value, "jinja2")


def render_to_response(renderer_name, value, request=None, package=None, response=None):
    return builtins.render_template(renderer_name, value, "jinja2")
