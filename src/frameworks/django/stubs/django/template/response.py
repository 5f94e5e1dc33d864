"""django.template.response: rendered once the view has answered."""

from django.template.loader import render_to_string


class SimpleTemplateResponse:
    def __init__(self, template, context=None, content_type=None, status=None, charset=None, using=None, headers=None):
        self.context_data = context
        self.template_name = template
        render_to_string(template, context, None, using)

    def render(self):
        return self


class TemplateResponse(SimpleTemplateResponse):
    def __init__(self, request, template, context=None, *arguments, using=None, **keywords):
        self.context_data = context
        self.template_name = template
        render_to_string(template, context, request, using)
