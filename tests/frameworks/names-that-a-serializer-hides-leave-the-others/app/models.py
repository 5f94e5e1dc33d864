from django.db import models


class Trainer(models.Model):
    name = models.CharField(max_length=40)


class Stable(models.Model):
    town = models.CharField(max_length=40)


class Horse(models.Model):
    name = models.CharField(max_length=40)
    price = models.IntegerField(default=1)
    trainer = models.ForeignKey(Trainer, on_delete=models.CASCADE)
    stable = models.ForeignKey(Stable, on_delete=models.CASCADE)
