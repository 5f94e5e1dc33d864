from django.db import models

class Band(models.Model):
    name = models.CharField(max_length=40)


class Album(models.Model):
    band = models.ForeignKey(Band, on_delete=models.CASCADE, related_name="albums")
    title = models.CharField(max_length=40)
