import strawberry
import strawberry_django
from strawberry import auto

from . import models


@strawberry_django.type(models.Studio)
class Studio:
    name: auto


@strawberry_django.type(models.Film)
class Film:
    title: auto
    studio: Studio  # expect[lazy-load-per-row]


@strawberry.type
class Query:
    films: list[Film] = strawberry_django.field()


schema = strawberry.Schema(query=Query)
