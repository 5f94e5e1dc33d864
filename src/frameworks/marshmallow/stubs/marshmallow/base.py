"""What all fields of marshmallow have in common."""


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

    def _serialize(self, value, attr, obj, **options):
        return value
