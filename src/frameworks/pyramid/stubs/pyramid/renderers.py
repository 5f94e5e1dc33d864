"""pyramid.renderers: templates by name."""

import builtins


def render(renderer_name, value, request=None, package=None):
    return builtins.render_template(renderer_name, value, "jinja2")


def render_to_response(renderer_name, value, request=None, package=None, response=None):
    return builtins.render_template(renderer_name, value, "jinja2")
