from django.db import models


class Aisle(models.Model):
    name = models.CharField(max_length=40)


class Bay(models.Model):
    aisle = models.ForeignKey(Aisle, on_delete=models.CASCADE, related_name="bays")
    number = models.IntegerField(default=1)
