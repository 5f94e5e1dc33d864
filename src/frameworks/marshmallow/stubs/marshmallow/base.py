"""What all fields of marshmallow have in common."""


def both(only, other):
    """What two lists of names choose, of which `None` chooses all."""
    if only is None:
        return other
    if other is None:
        return only
    return [name for name in other if name in only]


class Field:
    attribute = None
    load_only = False

    def __init__(self, attribute=None, load_only=False, **options):
        self.attribute = attribute
        self.load_only = load_only

    def dumped(self, schema, name, obj):
        if isinstance(obj, dict):
            value = obj[self.attribute or name]
        else:
            value = attribute_path(obj, self.attribute or name)
        if value is None:
            return None
        return self._serialize(value, name, obj)

    def narrowed(self, only, exclude):
        return self

    def _serialize(self, value, attr, obj, **options):
        return value
