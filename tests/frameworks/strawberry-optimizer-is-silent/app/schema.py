import strawberry
import strawberry_django
from strawberry import auto
from strawberry_django.optimizer import DjangoOptimizerExtension

from . import models


@strawberry_django.type(models.Film)
class Film:
    title: auto


@strawberry_django.type(models.Studio)
class Studio:
    name: auto
    films: list[Film]


@strawberry.type
class Query:
    studios: list[Studio] = strawberry_django.field()


schema = strawberry.Schema(query=Query, extensions=[DjangoOptimizerExtension])
