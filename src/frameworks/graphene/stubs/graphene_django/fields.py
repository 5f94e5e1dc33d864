"""graphene_django.fields"""

from graphene_django import DjangoConnectionField, DjangoListField
