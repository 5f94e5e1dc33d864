"""django.dispatch: whoever sends a signal calls its receivers, one after the other."""

from weakref import ref as references


class Signal:
    # Code connects receivers to a signal that a module variable holds, at the top of modules and while the program starts.
    __filled__ = ("connect",)

    def __init__(self, *arguments, **keywords):
        self.receivers = []

    def connect(self, receiver, sender=None, weak=True, dispatch_uid=None):
        self.receivers.append((receiver, sender))

    def has_listeners(self, sender=None):
        return anything()

    def send(self, sender, **named):
        return [
            (receiver, receiver(signal=self, sender=sender, **named))
            for receiver, wanted in self.receivers
            if wanted is None or wanted == sender
        ]

    def _live_receivers(self, sender):
        """What a project's own kind of signal asks for: as many as code connects, whichever they are."""
        return references, references

    send_robust = send
    asend = send
    asend_robust = send


def receiver(signal, **keywords):
    def connected(function):
        for one in signal if isinstance(signal, (list, tuple)) else [signal]:
            one.connect(function, **keywords)
        return function

    return connected
