"""django.contrib.sessions.models"""

from django.db import models


class Session(models.Model):
    session_key = models.CharField(max_length=40, primary_key=True)
    session_data = models.TextField()
    expire_date = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "sessions"
        db_table = "django_session"
