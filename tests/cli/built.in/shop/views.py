from .models import Author, Book


def shelves(request):
    return [titles(author) for author in Author.objects.all()]


def titles(author):
    books = Book.objects.filter(author_id=author.pk)
    return list(books)
