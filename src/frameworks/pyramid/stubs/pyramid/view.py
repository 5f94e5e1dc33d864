"""pyramid.view: what a view returns is shown by its renderer, and its context is an instance of `context=`."""

import builtins

from pyramid.renderers import JSON, encoded


class view_defaults:
    def __init__(self, **settings):
        self.settings = settings

    def __call__(self, wrapped):
        return wrapped


def view_config(context=None, renderer=None, attr="__call__", **settings):
    def __entry__(view, owner=None):
        defaults = defaults_of(owner or view)
        answer = answered(view, owner, context or defaults.get("context"), attr)
        show(view, renderer or defaults.get("renderer"), answer)

    return __entry__


def show(view, renderer, answer):
    if renderer in JSON:
        return encoded(answer)
    if is_class(view):
        return builtins.render_template(renderer, answer, "jinja2")
    return at_definition(view, builtins.render_template, renderer, answer, "jinja2")


def exception_view_config(*contexts, **settings):
    return view_config(**settings)


def forbidden_view_config(**settings):
    return view_config(**settings)


def notfound_view_config(**settings):
    return view_config(**settings)


def defaults_of(owner):
    decorator = decoration(owner, "view_defaults")
    return decorator.settings if decorator else {}


def answered(view, owner, context, attr):
    if owner is not None:
        return view(called(owner, context))
    if is_class(view):
        return getattr(called(view, context), attr)()
    return called(view, context)


def called(view, context):
    """Views take the context and the request, or the request alone."""
    if len(parameters_of(view)) > 1:
        return called_as_root(view, context)
    return called_as_root(view)
