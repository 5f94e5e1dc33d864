from django.db import models


class Harbour(models.Model):
    name = models.CharField(max_length=40)

    def __str__(self):
        return self.name


class Ship(models.Model):
    name = models.CharField(max_length=40)
    home = models.ForeignKey(Harbour, on_delete=models.CASCADE)
