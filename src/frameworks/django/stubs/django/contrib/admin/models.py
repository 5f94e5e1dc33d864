"""django.contrib.admin.models"""

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models


class LogEntryManager(models.Manager):
    """`log_actions` writes all entries at once if there are several."""

    def log_action(self, user_id, content_type_id, object_id, object_repr, action_flag, change_message=""):
        return self.model.objects.create(user_id=user_id, object_id=object_id)

    def log_actions(self, user_id, queryset, action_flag, change_message="", single_object=False):
        for obj in queryset:
            text_of(obj)
        self.model.objects.bulk_create(anything())


class LogEntry(models.Model):
    action_time = models.DateTimeField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    content_type = models.ForeignKey(ContentType, models.SET_NULL, blank=True, null=True)
    object_id = models.TextField(blank=True, null=True)
    object_repr = models.CharField(max_length=200)
    action_flag = models.PositiveSmallIntegerField()
    change_message = models.TextField(blank=True)

    objects = LogEntryManager()

    class Meta:
        app_label = "admin"
        db_table = "django_admin_log"
        ordering = ["-action_time"]
