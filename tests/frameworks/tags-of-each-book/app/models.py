from django.db import models
from taggit.managers import TaggableManager
from taggit.models import GenericTaggedItemBase, TagBase


class Subject(TagBase):
    pass


class BookSubject(GenericTaggedItemBase):
    tag = models.ForeignKey(Subject, related_name="books", on_delete=models.CASCADE)


class Book(models.Model):
    title = models.CharField(max_length=80)
    tags = TaggableManager()
    subjects = TaggableManager(through=BookSubject, related_name="+")
