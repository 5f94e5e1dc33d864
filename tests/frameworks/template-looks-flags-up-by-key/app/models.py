from django.db import models


class Flag(models.Model):
    name = models.CharField(max_length=30, unique=True)
    enabled = models.BooleanField(default=False)


class Fair(models.Model):
    title = models.CharField(max_length=60)
