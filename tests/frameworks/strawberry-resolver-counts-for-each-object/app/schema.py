import strawberry
import strawberry_django
from strawberry import auto

from . import models


@strawberry_django.type(models.Band)
class Band:
    name: auto

    @strawberry_django.field
    def album_count(self) -> int:
        return self.albums.count()  # expect[count-per-row]


@strawberry.type
class Query:
    @strawberry.field
    def bands(self) -> list[Band]:
        return models.Band.objects.order_by("name")


schema = strawberry.Schema(query=Query)
