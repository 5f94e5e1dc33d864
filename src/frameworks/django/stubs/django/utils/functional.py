"""django.utils.functional: objects that are made when somebody asks something of them."""

from functools import cached_property


class SimpleLazyObject:
    def __init__(self, func):
        self._setupfunc = func

    @cached_property
    def _wrapped(self):
        return self._setupfunc()

    def __getattr__(self, name):
        return getattr(self._wrapped, name)

    def __getitem__(self, key):
        return self._wrapped[key]

    def __iter__(self):
        for item in self._wrapped:
            yield item

    def __str__(self):
        return text_of(self._wrapped)

    def __bool__(self):
        return bool(self._wrapped)
