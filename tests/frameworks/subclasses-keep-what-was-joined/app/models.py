from django.db import models
from model_utils.managers import InheritanceManager


class Author(models.Model):
    name = models.CharField(max_length=40)


class Media(models.Model):
    title = models.CharField(max_length=40)
    author = models.ForeignKey(Author, on_delete=models.CASCADE)

    objects = InheritanceManager()


class Video(Media):
    seconds = models.IntegerField()


class Photo(Media):
    width = models.IntegerField()
