"""The queue module: what threads hand to each other, in the terms of a list."""


def Queue(maxsize=0):
    return []


def LifoQueue(maxsize=0):
    return []


def PriorityQueue(maxsize=0):
    return []


def SimpleQueue():
    return []
