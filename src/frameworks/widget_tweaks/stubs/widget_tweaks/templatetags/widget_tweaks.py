"""widget_tweaks.templatetags.widget_tweaks: fields of forms are shown with other attributes; what is shown stays the same."""


@register.simple_tag
def render_field(field, *attributes, **values):
    return field.as_widget()


@register.filter
def attr(field, attribute):
    return field


@register.filter
def add_error_attr(field, attribute):
    return field


@register.filter
def append_attr(field, attribute):
    return field


@register.filter
def add_class(field, name):
    return field


@register.filter
def add_label_class(field, name):
    return field


@register.filter
def add_error_class(field, name):
    return field


@register.filter
def add_required_class(field, name):
    return field


@register.filter
def set_data(field, data):
    return field


@register.filter
def remove_attr(field, attribute):
    return field
