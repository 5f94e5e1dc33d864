"""starlette.background: what is to run after the response."""

from fastapi import BackgroundTasks


class BackgroundTask:
    def __init__(self, func, *args, **kwargs):
        func(*args, **kwargs)
