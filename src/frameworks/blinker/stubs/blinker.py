"""blinker: whoever sends a signal calls its receivers, one after the other."""


class Signal:
    # Code connects receivers to a signal that a module variable holds, at the top of modules and while the program starts.
    __filled__ = ("connect",)

    def __init__(self, doc=None):
        self.receivers = []

    def connect(self, receiver, sender=None, weak=True):
        self.receivers.append((receiver, sender))
        return receiver

    def connect_via(self, sender, weak=False):
        def connected(receiver):
            return self.connect(receiver, sender)

        return connected

    def has_receivers_for(self, sender):
        return anything()

    def send(self, sender=None, **named):
        return [
            (receiver, receiver(sender, **named))
            for receiver, wanted in self.receivers
            if wanted is None or wanted == sender
        ]


class NamedSignal(Signal):
    def __init__(self, name, doc=None):
        super().__init__(doc)
        self.name = name


class Namespace:
    def signal(self, name, doc=None):
        return NamedSignal(name, doc)


def signal(name, doc=None):
    return NamedSignal(name, doc)
