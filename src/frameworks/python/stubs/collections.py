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


def ChainMap(*maps):
    result = {}
    for one in maps:
        result.update(one)
    return result
