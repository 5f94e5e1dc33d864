"""django.contrib.auth.base_user: fields and managers."""

from django.db import models


class BaseUserManager(models.Manager):
    def get_by_natural_key(self, username):
        return self.get(**{self.model.USERNAME_FIELD: username})


class AbstractBaseUser(models.Model):
    password = models.CharField(max_length=128)
    last_login = models.DateTimeField(null=True)

    class Meta:
        abstract = True
