"""flask: rendering."""

import builtins


def render_template(template_name_or_list, **context):
    return builtins.render_template(template_name_or_list, context, "jinja2")


def render_template_string(source, **context):
    return ""


def stream_template(template_name_or_list, **context):
    return builtins.render_template(template_name_or_list, context, "jinja2")


def jsonify(*arguments, **keywords):
    return arguments or keywords
