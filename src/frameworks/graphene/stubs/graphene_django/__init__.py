"""graphene_django: types that stand for the rows of a model."""

from graphene import List, ObjectType


class DjangoObjectType(ObjectType):
    @classmethod
    def __of_model__(cls):
        pass


class DjangoListField(List):
    def resolve(self, kind, name, value):
        """At the root the rows of the model, unless something resolves it."""
        if value is None and not defines(kind, "resolve_" + name):
            return declared_value(declared_value(self.type_, "Meta", None), "model", None)._default_manager.all()
        return super().resolve(kind, name, value)


class DjangoConnectionField(DjangoListField):
    pass
