from django.db import models


class Depot(models.Model):
    name = models.CharField(max_length=40)
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE)


class Tram(models.Model):
    number = models.IntegerField()
    depot = models.ForeignKey(Depot, null=True, related_name="trams", on_delete=models.CASCADE)
