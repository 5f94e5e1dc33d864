from django.db import models

class Shelf(models.Model):
    label = models.CharField(max_length=40)


class Jar(models.Model):
    shelf = models.ForeignKey(Shelf, on_delete=models.CASCADE, related_name="jars")
    grams = models.IntegerField()
