"""django.contrib.sites.models"""

from django.db import models


class Site(models.Model):
    domain = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=50)

    class Meta:
        app_label = "sites"
        db_table = "django_site"
        ordering = ["domain"]

    def __str__(self):
        return self.domain
