from django.db import models

class Depot(models.Model):
    name = models.CharField(max_length=40)


class Truck(models.Model):
    depot = models.ForeignKey(Depot, on_delete=models.CASCADE)
    plate = models.CharField(max_length=10)
