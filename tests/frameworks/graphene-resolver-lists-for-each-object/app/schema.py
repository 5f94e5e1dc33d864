import graphene
from graphene_django import DjangoObjectType

from .models import Shelf


class ShelfType(DjangoObjectType):
    total = graphene.Int()

    class Meta:
        model = Shelf
        fields = ["label"]

    def resolve_total(self, info):
        return sum(jar.grams for jar in self.jars.all())  # expect[related-query-per-row]


class Query(graphene.ObjectType):
    shelves = graphene.List(ShelfType)

    def resolve_shelves(self, info, **kwargs):
        return Shelf.objects.all()


schema = graphene.Schema(query=Query)
