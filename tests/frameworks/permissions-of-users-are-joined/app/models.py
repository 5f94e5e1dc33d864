from django.contrib.auth.models import AbstractUser
from django.db import models


class Member(AbstractUser):
    nickname = models.CharField(max_length=40)


class Role(models.Model):
    permissions = models.ManyToManyField("auth.Permission")
