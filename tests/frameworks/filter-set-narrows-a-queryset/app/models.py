from django.db import models

class Brand(models.Model):
    name = models.CharField(max_length=40)


class Shoe(models.Model):
    brand = models.ForeignKey(Brand, on_delete=models.CASCADE)
    size = models.IntegerField()
