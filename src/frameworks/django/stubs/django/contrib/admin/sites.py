"""django.contrib.admin.sites: a registered model gets a changelist and a change form."""

from django.contrib.admin.options import ModelAdmin
from django.http import HttpRequest


def serve(admin_class, model):
    model_admin = admin_class(model, None)
    model_admin.__serve__(HttpRequest())


class AdminSite:
    def __init__(self, name="admin"):
        self.name = name

    def register(self, model_or_iterable, admin_class=None, **options):
        for model in as_list(model_or_iterable):
            serve(admin_class or ModelAdmin, model)

    def unregister(self, model_or_iterable):
        pass


site = AdminSite()
