"""The functools module: what calls back."""


class partial:
    def __init__(self, function, *arguments, **keywords):
        self.function = function
        self.arguments = arguments
        self.keywords = keywords

    def __call__(self, *arguments, **keywords):
        return self.function(*self.arguments, *arguments, **self.keywords, **keywords)


def reduce(function, iterable, initial=None):
    result = initial
    for item in iterable:
        result = function(result, item)
    return result


def wraps(wrapped, *arguments, **keywords):
    def decorate(function):
        return function
    return decorate
