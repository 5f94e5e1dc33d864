from django.db import models


class Trail(models.Model):
    name = models.CharField(max_length=40)


class Hike(models.Model):
    trail = models.ForeignKey(Trail, on_delete=models.CASCADE)
    minutes = models.IntegerField()
