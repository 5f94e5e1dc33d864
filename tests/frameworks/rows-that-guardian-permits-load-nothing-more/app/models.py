from django.db import models


class Client(models.Model):
    name = models.CharField(max_length=40)


class Dossier(models.Model):
    title = models.CharField(max_length=40)
    client = models.ForeignKey(Client, on_delete=models.CASCADE)


class Exhibit(models.Model):
    number = models.IntegerField()
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE)
