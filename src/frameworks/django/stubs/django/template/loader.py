"""django.template.loader: templates by name."""


class Template:
    def __init__(self, names, using=None):
        self.names = names
        self.using = using

    def render(self, context=None, request=None):
        return render_template(self.names, {"request": request, **(context or {})}, self.using)


def get_template(template_name, using=None):
    return Template(template_name, using)


def select_template(template_name_list, using=None):
    return Template(template_name_list, using)


def render_to_string(template_name, context=None, request=None, using=None):
    return Template(template_name, using).render(context, request)
