"""fastapi: a route's answer is read by its response model, or by what the function says it returns."""


def route(response_model):
    def __entry__(function):
        returned = called_as_root(function)
        declared = returned_type(function) if response_model is None else response_model
        at_definition(function, shaped, declared, returned)

    return __entry__


class APIRouter:
    def __init__(self, **options):
        pass

    def get(self, path="", response_model=None, **options):
        return route(response_model)

    def post(self, path="", response_model=None, **options):
        return route(response_model)

    def put(self, path="", response_model=None, **options):
        return route(response_model)

    def patch(self, path="", response_model=None, **options):
        return route(response_model)

    def delete(self, path="", response_model=None, **options):
        return route(response_model)

    def api_route(self, path="", response_model=None, **options):
        return route(response_model)

    def include_router(self, router, **options):
        pass


class FastAPI(APIRouter):
    pass


class BackgroundTasks:
    """What is to run after the response runs all the same, a call for each."""

    def add_task(self, func, *args, **kwargs):
        func(*args, **kwargs)


def Depends(dependency=None, **options):
    """A parameter takes what its dependency returns or yields."""
    return entered(dependency())


def Security(dependency=None, **options):
    return entered(dependency())
