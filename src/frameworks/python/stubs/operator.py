"""The operator module: functions that read what they are given later."""


def attrgetter(*names):
    def get(item):
        found = [attribute_path(item, name) for name in names]
        return found[0] if len(names) == 1 else found
    return get


def itemgetter(*keys):
    def get(item):
        found = [item[key] for key in keys]
        return found[0] if len(keys) == 1 else found
    return get


def methodcaller(name, *arguments, **keywords):
    def call(item):
        return getattr(item, name)(*arguments, **keywords)
    return call


def or_(left, right):
    return left | right


def and_(left, right):
    return left & right


def add(left, right):
    return left + right
