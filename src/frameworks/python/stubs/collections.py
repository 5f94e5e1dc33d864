"""The collections module: containers in the terms of the builtin ones."""

from builtins import defaultdict


def deque(iterable=(), maxlen=None):
    return list(iterable)


def OrderedDict(*arguments, **keywords):
    return dict(*arguments, **keywords)


def Counter(iterable=(), **keywords):
    return {item: 1 for item in iterable}


def ChainMap(*maps):
    result = {}
    for one in maps:
        result.update(one)
    return result
