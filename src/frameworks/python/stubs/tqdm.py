"""tqdm: a progress bar is what it wraps."""


def tqdm(iterable=(), *arguments, **keywords):
    return iterable


def trange(*arguments, **keywords):
    return range(*arguments)
