"""strawberry: a schema answers for every field that its types offer."""

from strawberry.walk import field, offer


class Schema:
    def __init__(self, query=None, mutation=None, subscription=None, extensions=(), **options):
        self.roots = [root for root in (query, mutation) if root is not None]
        self.extensions = extensions

    def __entry__(self):
        for root in self.roots:
            offer(root, None, self.extensions)


def mutation(resolver=None, **options):
    return field(resolver)
