from django.db import models


class Museum(models.Model):
    name = models.CharField(max_length=40)


class Room(models.Model):
    name = models.CharField(max_length=40)


class Exhibit(models.Model):
    museum = models.ForeignKey(Museum, on_delete=models.CASCADE)
    room = models.ForeignKey(Room, on_delete=models.CASCADE)
    title = models.CharField(max_length=40)
