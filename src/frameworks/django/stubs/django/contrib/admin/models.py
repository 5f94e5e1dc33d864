"""django.contrib.admin.models"""

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models


class LogEntry(models.Model):
    action_time = models.DateTimeField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    content_type = models.ForeignKey(ContentType, models.SET_NULL, blank=True, null=True)
    object_id = models.TextField(blank=True, null=True)
    object_repr = models.CharField(max_length=200)
    action_flag = models.PositiveSmallIntegerField()
    change_message = models.TextField(blank=True)

    class Meta:
        app_label = "admin"
        db_table = "django_admin_log"
        ordering = ["-action_time"]
