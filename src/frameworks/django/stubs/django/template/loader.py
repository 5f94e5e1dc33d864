"""django.template.loader: templates by name."""


class Template:
    def __init__(self, names, using=None):
        self.names = names
        self.using = using

    def render(self, context=None, request=None):
        return render_template(self.names, {**names_of_request(request), **(context or {})}, self.using)


def names_of_request(request):
    """What the context processors of the settings add to what the view says."""
    if request is None:
        return {}
    names = {"request": request, "user": request.user}
    for processor in context_processors():
        names.update(known_or(frugally(processor, request), {}))
    return names


def get_template(template_name, using=None):
    return Template(template_name, using)


def select_template(template_name_list, using=None):
    return Template(template_name_list, using)


def render_to_string(template_name, context=None, request=None, using=None):
    return Template(template_name, using).render(context, request)
