import strawberry
import strawberry_django
from strawberry_django.optimizer import DjangoOptimizerExtension

from . import models


@strawberry_django.type(models.Game)
class GameType:
    title: strawberry.auto

    @strawberry_django.field(select_related=["maker"], only=["title", "maker__name"])
    def label(self) -> str:
        return f"{self.maker.name}: {self.title}"

    @strawberry_django.field(prefetch_related="scores")
    def best(self) -> int:
        return max(score.points for score in self.scores.all())

    @strawberry_django.field
    def average(self) -> float:
        points = [score.points for score in self.scores.all()]  # expect[related-query-per-row]
        return sum(points) / len(points)


@strawberry.type
class Query:
    games: list[GameType] = strawberry_django.field()


@strawberry.type
class Mutation:
    @strawberry.mutation
    def add(self, titles: list[str]) -> list[GameType]:
        return models.Game.objects.bulk_create([models.Game(title=title, maker_id=1) for title in titles])


schema = strawberry.Schema(query=Query, mutation=Mutation, extensions=[DjangoOptimizerExtension])
