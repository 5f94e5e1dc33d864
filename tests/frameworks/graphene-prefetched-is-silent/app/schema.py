import graphene
from graphene_django import DjangoObjectType

from .models import Jar, Shelf


class JarType(DjangoObjectType):
    class Meta:
        model = Jar
        fields = ["grams"]


class ShelfType(DjangoObjectType):
    total = graphene.Int()

    class Meta:
        model = Shelf
        fields = ["label", "jars"]

    def resolve_total(self, info):
        return sum(jar.grams for jar in self.jars.all())


class Query(graphene.ObjectType):
    shelves = graphene.List(ShelfType)

    def resolve_shelves(self, info, **kwargs):
        return Shelf.objects.prefetch_related("jars")


schema = graphene.Schema(query=Query)
