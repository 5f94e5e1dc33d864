from django.db import models


class Wine(models.Model):
    name = models.CharField(max_length=40)


class Order(models.Model):
    number = models.CharField(max_length=20)


class OrderedWine(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    wine = models.ForeignKey(Wine, on_delete=models.CASCADE)
