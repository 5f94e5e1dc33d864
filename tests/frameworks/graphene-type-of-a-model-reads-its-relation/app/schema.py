import graphene
from graphene_django import DjangoObjectType

from .models import Chef, Dish


class ChefType(DjangoObjectType):
    class Meta:
        model = Chef
        fields = ["name"]


class DishType(DjangoObjectType):
    class Meta:
        model = Dish
        fields = ["title", "chef"]  # expect[lazy-load-per-row]


class Query(graphene.ObjectType):
    dishes = graphene.List(DishType)

    def resolve_dishes(root, info):
        return Dish.objects.order_by("title")


schema = graphene.Schema(query=Query)
