"""flask: rendering, what was sent, and the rows that hooks keep for a request."""

import builtins


class _AppCtxGlobals:
    def __getattr__(self, name):
        # What code switches on and off again around a call is off for everybody else.
        value = False if is_switch("g", name) else row_of(class_put_on("g", name))
        setattr(self, name, value)
        return value

    def get(self, name, default=None):
        return getattr(self, name)


g = _AppCtxGlobals()


class Request:
    """Whatever was sent; what hooks put on it under the name of a model is a row."""

    def __getattr__(self, name):
        value = row_of(class_put_on("request", name))
        setattr(self, name, value)
        return value


request = Request()


def render_template(template_name_or_list, **context):
    return builtins.render_template(template_name_or_list, context, "jinja2")


def render_template_string(source, **context):
    return ""


def stream_template(template_name_or_list, **context):
    return builtins.render_template(template_name_or_list, context, "jinja2")


def jsonify(*arguments, **keywords):
    return arguments or keywords
