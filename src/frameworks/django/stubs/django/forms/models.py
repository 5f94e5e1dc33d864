"""django.forms.models: what helpers read of a row."""


def model_to_dict(instance, fields=None, exclude=None):
    data = {}
    for name in field_names(instance, "many-to-many"):
        if fields is not None and name not in fields:
            pass
        elif exclude is not None and name in exclude:
            pass
        else:
            data[name] = list(getattr(instance, name).all())
    return data
