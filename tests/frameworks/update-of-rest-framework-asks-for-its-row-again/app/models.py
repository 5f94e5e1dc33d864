from django.db import models


class Well(models.Model):
    name = models.CharField(max_length=40)
    depth = models.IntegerField()
    checks = models.IntegerField(default=0)
