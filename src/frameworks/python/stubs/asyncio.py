"""The asyncio module: awaiting gives what the coroutine returns."""


def gather(*awaitables, return_exceptions=False):
    return list(awaitables)


def run(main, **keywords):
    return main


def wait_for(awaitable, timeout=None):
    return awaitable


def create_task(coroutine, **keywords):
    return coroutine


def ensure_future(coroutine, **keywords):
    return coroutine


def shield(awaitable):
    return awaitable


def to_thread(function, *arguments, **keywords):
    return function(*arguments, **keywords)


def Queue(maxsize=0):
    return []


def LifoQueue(maxsize=0):
    return []


def PriorityQueue(maxsize=0):
    return []
