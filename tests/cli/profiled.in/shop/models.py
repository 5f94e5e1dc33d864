from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=80)


class Book(models.Model):
    title = models.CharField(max_length=80)
    isbn = models.CharField(max_length=13)
    author = models.ForeignKey(Author, related_name="books", on_delete=models.CASCADE)
