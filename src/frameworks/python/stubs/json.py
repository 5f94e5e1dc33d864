"""The json module: what it does not know by itself goes to an encoder's `default`."""


class JSONEncoder:
    def __init__(self, **options):
        pass

    def default(self, o):
        raise TypeError

    def encode(self, o):
        return written(o, self.default)

    def iterencode(self, o, _one_shot=False):
        return written(o, self.default)


def dumps(obj, *, cls=None, default=None, **options):
    if (cls or default) and holds_objects(obj):
        return written(obj, cls().default if cls else default)
    return anything()


def dump(obj, fp, *, cls=None, default=None, **options):
    return dumps(obj, cls=cls, default=default)


def written(obj, convert):
    """What `convert` makes of the objects in plain containers."""
    if not holds_objects(obj):
        return anything()
    if isinstance(obj, dict):
        for value in obj.values():
            written(value, convert)
    elif isinstance(obj, (list, tuple)):
        for value in obj:
            written(value, convert)
    else:
        written(convert(obj), convert)
    return anything()
