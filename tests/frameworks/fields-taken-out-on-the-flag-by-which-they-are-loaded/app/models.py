from django.db import models


class Trainer(models.Model):
    name = models.CharField(max_length=40)


class Horse(models.Model):
    name = models.CharField(max_length=40)
    trainer = models.ForeignKey(Trainer, on_delete=models.CASCADE)


class Race(models.Model):
    horse = models.ForeignKey(Horse, on_delete=models.CASCADE, related_name="races")
    year = models.IntegerField(default=2000)
