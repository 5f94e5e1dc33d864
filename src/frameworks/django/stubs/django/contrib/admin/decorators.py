"""django.contrib.admin.decorators"""

from django.contrib.admin.sites import serve


def register(*models, site=None):
    def decorate(admin_class):
        for model in models:
            for one in as_list(model):
                serve(admin_class, one)
        return admin_class

    return decorate


def display(function=None, **options):
    return function


def action(function=None, **options):
    return function
