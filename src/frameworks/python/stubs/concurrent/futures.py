"""concurrent.futures: work handed over is done all the same."""


class Future:
    def __init__(self, value):
        self.value = value

    def result(self, timeout=None):
        return self.value


class Executor:
    def submit(self, function, *arguments, **keywords):
        return Future(function(*arguments, **keywords))

    def map(self, function, *iterables, timeout=None, chunksize=1):
        for items in zip(*iterables):
            yield function(*items)

    def shutdown(self, wait=True):
        pass


class ThreadPoolExecutor(Executor):
    pass


class ProcessPoolExecutor(Executor):
    pass


def as_completed(futures, timeout=None):
    return futures


def wait(futures, timeout=None):
    return futures, []
