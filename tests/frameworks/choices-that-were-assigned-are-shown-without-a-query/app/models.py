from django.db import models


class Depot(models.Model):
    name = models.CharField(max_length=40)

    def __str__(self):
        return self.name


class Crate(models.Model):
    depot = models.ForeignKey(Depot, on_delete=models.CASCADE)
    weight = models.IntegerField(default=1)
