"""rest_framework.request: a request is known by its method alone."""


class Request:
    def __init__(self, method):
        self.method = method

    def __getattr__(self, name):
        return anything()
