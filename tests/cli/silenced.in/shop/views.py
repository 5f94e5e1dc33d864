from shop.models import Author, Book


def silenced(request):
    # quell: ignore[lazy-load-per-row] five books
    books = Book.objects.all()
    return [book.author.name for book in books]


def silenced_where_it_fires(request):
    return [book.author.name for book in Book.objects.all()]  # quell: ignore[lazy-load-per-row]


def blanket(request):
    return [book.author.name for book in Book.objects.all()]  # quell: ignore


def unknown(request):
    return [author.name for author in Author.objects.all()]  # quell: ignore[lazy-lode-per-row]


def unused(request):
    mark = "# quell: ignore[lazy-load-per-row]"
    return [author.name for author in Author.objects.all()], mark  # quell: ignore[lazy-load-per-row]


# quell: ignore-file[lazy-load-per-row]
