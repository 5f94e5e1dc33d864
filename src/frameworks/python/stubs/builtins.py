"""Python's builtins, as far as they call back or walk what they are given.

What isn't here is answered natively: list, dict, len, next, zip, getattr, range ...
"""


def enumerate(iterable, start=0):
    for item in iterable:
        yield turn(start), item
        start += 1


def map(function, *iterables):
    if len(iterables) == 1:
        for item in iterables[0]:
            yield function(item)
    else:
        for items in zip(*iterables):
            yield function(*items)


def filter(function, iterable):
    for item in iterable:
        if function is None or function(item):
            yield item


def sorted(iterable, *, key=None, reverse=False):
    result = list(iterable)
    for item in result:
        if key is None:
            item < item
        else:
            key(item)
    return result


def max(*arguments, key=None, default=None):
    items = list(arguments[0]) if len(arguments) == 1 else arguments
    found = default
    for item in items:
        if key is not None:
            key(item)
        found = item
    return found


def min(*arguments, key=None, default=None):
    return max(*arguments, key=key, default=default)


def sum(iterable, start=0):
    for item in iterable:
        start = start + item
    return start


def any(iterable):
    for item in iterable:
        if item:
            return True
    return False


def all(iterable):
    for item in iterable:
        if not item:
            return False
    return True
