from django.http import JsonResponse

from .models import Author, Book


def authors(request):
    return JsonResponse({author.name: author.books.count() for author in Author.objects.all()})


def spines(request):
    return JsonResponse({book.title: book.author.name for book in Book.objects.all()})


def by_isbn(request, isbn):
    return JsonResponse({"titles": [book.title for book in Book.objects.filter(isbn=isbn)]})
