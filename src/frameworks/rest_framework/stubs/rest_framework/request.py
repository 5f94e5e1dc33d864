"""rest_framework.request: a request is known by its method and who asks."""

from django.contrib.auth import get_user_model


class Payload:
    """What was sent: an object by default. A list is expected only where the code walks it or says `many=True`."""

    def __iter__(self):
        payload = anything()
        for element in payload:
            yield element

    def __getitem__(self, key):
        return anything()

    def __contains__(self, key):
        return anything()

    def __len__(self):
        return anything()

    def __bool__(self):
        return anything()

    def __getattr__(self, name):
        return anything()


class Request:
    def __init__(self, method):
        self.method = method
        self.data = Payload()
        self.user = row_of(get_user_model())

    def __getattr__(self, name):
        value = row_of(class_put_on("request", name))
        setattr(self, name, value)
        return value
