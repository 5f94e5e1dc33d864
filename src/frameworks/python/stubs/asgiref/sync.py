"""asgiref: the wrapped function is the function."""


def sync_to_async(function=None, **keywords):
    return function


def async_to_sync(function=None, **keywords):
    return function
