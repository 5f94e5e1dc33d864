"""django.template.defaulttags: what a tag does with rows."""


def regroup(items, expression):
    return [{"grouper": look_up(item, expression), "list": [item]} for item in items]
