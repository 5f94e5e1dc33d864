INSTALLED_APPS = ["django.contrib.contenttypes", "laces", "app"]
