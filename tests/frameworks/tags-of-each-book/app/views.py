from .models import Book


def tags():
    return [[tag.name for tag in book.tags.all()] for book in Book.objects.all()]  # expect[related-query-per-row]


def subjects():
    return [[subject.name for subject in book.subjects.all()] for book in Book.objects.all()]  # expect[related-query-per-row]


def names():
    return [list(book.tags.names()) for book in Book.objects.all()]  # expect[related-query-per-row]


def prefetched():
    return [[tag.name for tag in book.tags.all()] for book in Book.objects.prefetch_related("tags")]


def names_of_prefetched():
    return [list(book.tags.names()) for book in Book.objects.prefetch_related("tags")]  # expect[prefetch-defeated]


def of_one(pk):
    book = Book.objects.get(pk=pk)
    if book.tags.exists():  # expect[exists-then-iterate]
        return [tag.name for tag in book.tags.all()]
    return []
