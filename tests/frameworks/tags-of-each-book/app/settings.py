INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "taggit", "app"]
