from django.db import models

class Studio(models.Model):
    name = models.CharField(max_length=40)


class Film(models.Model):
    studio = models.ForeignKey(Studio, on_delete=models.CASCADE, related_name="films")
    title = models.CharField(max_length=40)
