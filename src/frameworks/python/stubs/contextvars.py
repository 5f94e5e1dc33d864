"""The contextvars module: variables that a block sets for whatever it calls."""


class ContextVar:
    def __init__(self, name, *, default=None):
        self._value = default
        # Whoever calls may have put an object there; a switch is where it begins.
        if default is None and anything():
            self._value = anything()

    def get(self, default=None):
        return self._value

    def set(self, value):
        token = (self, self._value)
        self._value = value
        return token

    def reset(self, token):
        self._value = token[1]
