from django.db import models


class Harbour(models.Model):
    name = models.CharField(max_length=40)


class Ship(models.Model):
    name = models.CharField(max_length=40)
    harbour = models.ForeignKey(Harbour, on_delete=models.CASCADE)
