"""graphene_django.filter"""

from graphene_django import DjangoConnectionField as DjangoFilterConnectionField
