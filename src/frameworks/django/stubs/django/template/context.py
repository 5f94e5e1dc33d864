"""django.template.context: a context is a dictionary."""


def Context(values=None, *arguments, **keywords):
    return values or {}


def RequestContext(request, values=None, *arguments, **keywords):
    return {"request": request, **(values or {})}
