from django.db import models

class Section(models.Model):
    name = models.CharField(max_length=40)


class Page(models.Model):
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="pages")
    title = models.CharField(max_length=40)
