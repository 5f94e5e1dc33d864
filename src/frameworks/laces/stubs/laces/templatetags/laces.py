"""laces.templatetags.laces: `{% component banner with size="small" only as shown %}`"""

from django.template.base import Node


class ComponentNode(Node):
    def __init__(self, component):
        self.component = component

    def render(self, context):
        return self.component.resolve(context).render_html(context)


@register.tag
def component(parser, token):
    return ComponentNode(parser.compile_filter(token.split_contents()[1]))
