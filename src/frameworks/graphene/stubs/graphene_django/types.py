"""graphene_django.types"""

from graphene_django import DjangoObjectType
