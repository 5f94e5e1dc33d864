"""jinja2.helpers: functions of an environment that get the context, or whose result a template shows."""

from jinja2 import Environment


def get_template(name, *arguments, **options):
    """A template of an environment that nothing else is known of."""
    return Environment().get_template(name)


def rendering(template, function):
    def render(*arguments, **keywords):
        return render_template(template, function(*arguments, **keywords), "jinja2")

    return render


def with_context(context, function):
    def call(*arguments, **keywords):
        return function(context, *arguments, **keywords)

    return call
