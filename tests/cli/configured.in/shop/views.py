from shop.models import Book


def shelf(request):
    return [book.author.name for book in Book.objects.all()]
