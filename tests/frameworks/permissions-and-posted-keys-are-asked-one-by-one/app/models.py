from django.db import models


class Team(models.Model):
    name = models.CharField(max_length=40)


class Membership(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE)
    member = models.IntegerField()


class Document(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE)
    title = models.CharField(max_length=40)
