from django.db import models


class Maker(models.Model):
    name = models.CharField(max_length=40)


class Game(models.Model):
    maker = models.ForeignKey(Maker, on_delete=models.CASCADE)
    title = models.CharField(max_length=40)


class Score(models.Model):
    game = models.ForeignKey(Game, on_delete=models.CASCADE, related_name="scores")
    points = models.IntegerField()
