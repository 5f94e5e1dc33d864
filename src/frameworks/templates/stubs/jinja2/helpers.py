"""jinja2.helpers: functions of an environment that get the context, or whose result a template shows."""


def rendering(template, function):
    def render(*arguments, **keywords):
        return render_template(template, function(*arguments, **keywords), "jinja2")

    return render


def with_context(context, function):
    def call(*arguments, **keywords):
        return function(context, *arguments, **keywords)

    return call
