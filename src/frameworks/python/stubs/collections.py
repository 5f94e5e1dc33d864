"""The collections module: containers in the terms of the builtin ones."""

from builtins import defaultdict


def deque(iterable=(), maxlen=None):
    return list(iterable)


def OrderedDict(*arguments, **keywords):
    return dict(*arguments, **keywords)


def Counter(iterable=(), **keywords):
    return {item: 1 for item in iterable}


class UserList:
    """What a class that extends `list` has from it."""

    def __init__(self, initlist=()):
        self.data = list(initlist)

    def __iter__(self):
        return iter(self.data)

    def __getitem__(self, index):
        return self.data[index]

    def __len__(self):
        return len(self.data)

    def append(self, item):
        self.data.append(item)

    def extend(self, items):
        self.data.extend(items)

    def pop(self, index=-1):
        return self.data.pop(index)


class UserMapping:
    """What a class that extends `collections.abc.Mapping` has from it: all by its own `__iter__` and `__getitem__`."""

    def keys(self):
        return iter(self)

    def values(self):
        return [self[key] for key in self]

    def items(self):
        return [(key, self[key]) for key in self]

    def get(self, key, default=None):
        try:
            return self[key]
        except KeyError:
            return default


def ChainMap(*maps):
    result = {}
    for one in maps:
        result.update(one)
    return result


class _Fields:
    """The class that `namedtuple("Step", "source target")` makes."""

    def __init__(self, names):
        self.names = names

    def __call__(self, *values, **by_name):
        return _NamedTuple(self.names, values, by_name)

    def _make(self, values):
        return _NamedTuple(self.names, values, {})


class _NamedTuple:
    def __init__(self, names, values, by_name):
        self._fields = names
        for name, value in zip(names, values):
            setattr(self, name, value)
        for name, value in by_name.items():
            setattr(self, name, value)

    def __iter__(self):
        return iter([getattr(self, name) for name in self._fields])

    def __getitem__(self, index):
        return [getattr(self, name) for name in self._fields][index]

    def _asdict(self):
        return {name: getattr(self, name) for name in self._fields}

    def _replace(self, **changed):
        return _NamedTuple(self._fields, self, changed)


def namedtuple(typename, field_names, **settings):
    if isinstance(field_names, str):
        return _Fields(field_names.replace(",", " ").split())
    return _Fields(field_names)
