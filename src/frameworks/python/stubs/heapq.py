"""The heapq module: heaps are lists."""


def nlargest(n, iterable, key=None):
    return sorted(iterable, key=key)[:n]


def nsmallest(n, iterable, key=None):
    return sorted(iterable, key=key)[:n]


def merge(*iterables, key=None, reverse=False):
    for iterable in iterables:
        for item in iterable:
            if key is not None:
                key(item)
            yield item


def heappush(heap, item):
    heap.append(item)


def heappop(heap):
    return heap.pop()
