"""pydantic: a model made from a row reads the declared fields, nested models too."""


class BaseModel:
    @classmethod
    def model_validate(cls, obj, **options):
        return shaped(cls, obj)

    @classmethod
    def from_orm(cls, obj):
        return shaped(cls, obj)

    def model_dump(self, **options):
        return anything()

    def model_dump_json(self, **options):
        return anything()

    def dict(self, **options):
        return anything()


class TypeAdapter:
    def __init__(self, type, **options):
        self.type = type

    def validate_python(self, obj, **options):
        return shaped(self.type, obj)

    def dump_python(self, obj, **options):
        return anything()

    def dump_json(self, obj, **options):
        return anything()


def parse_obj_as(type, obj):
    return shaped(type, obj)
