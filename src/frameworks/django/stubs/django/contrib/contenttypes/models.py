"""django.contrib.contenttypes.models"""

from django.db import models


class ContentType(models.Model):
    app_label = models.CharField(max_length=100)
    model = models.CharField(max_length=100)

    class Meta:
        app_label = "contenttypes"
        db_table = "django_content_type"

    def __str__(self):
        return self.app_label
