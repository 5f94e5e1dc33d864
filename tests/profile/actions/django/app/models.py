from django.db import models


class Publisher(models.Model):
    name = models.CharField(max_length=40)


class Author(models.Model):
    name = models.CharField(max_length=40)
    email = models.CharField(max_length=40)


class Profile(models.Model):
    author = models.OneToOneField(Author, on_delete=models.CASCADE, related_name="profile")


class Tag(models.Model):
    name = models.CharField(max_length=40)


class Book(models.Model):
    title = models.CharField(max_length=40)
    price = models.IntegerField(default=0)
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="books")
    publisher = models.ForeignKey(Publisher, null=True, on_delete=models.SET_NULL, related_name="books")
    tags = models.ManyToManyField(Tag, related_name="books")


class Chapter(models.Model):
    book = models.ForeignKey(Book, on_delete=models.CASCADE, related_name="chapters")
    number = models.IntegerField()

    class Meta:
        ordering = ["number"]
