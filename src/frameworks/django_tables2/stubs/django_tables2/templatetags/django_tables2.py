"""django_tables2.templatetags.django_tables2"""


@register.simple_tag(takes_context=True)
def render_table(context, table, template_name=None):
    return table.as_html(context["request"])
