"""click: a progress bar is what it wraps."""


class progressbar:
    def __init__(self, iterable=(), *arguments, **keywords):
        self.iterable = iterable

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        pass

    def __iter__(self):
        for item in self.iterable:
            yield item

    def update(self, n_steps, current_item=None):
        pass
