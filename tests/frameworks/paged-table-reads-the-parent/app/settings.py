INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "django_tables2", "app"]
