"""marshmallow-sqlalchemy: a schema has the columns of its model, and where it says so its relations."""

from marshmallow import fields
from marshmallow.base import Field
from marshmallow.schema import Schema


class SQLAlchemySchema(Schema):
    def load(self, data, session=None, instance=None, many=None, partial=None, **options):
        if many or self.many:
            return [self.load_one(item, session, None, partial) for item in data]
        return self.load_one(data, session, instance, partial)

    def load_one(self, data, session, instance, partial):
        meta = declared_value(type(self), "Meta", None)
        model = declared_value(meta, "model", None)
        if not declared_value(meta, "load_instance", False):
            return data
        if partial and instance is None:
            # What is loaded in part is there already: its key is among the data, and the row is looked for.
            instance = (session or declared_value(meta, "sqla_session", None)).get(model, data)
        return instance or model()


class SQLAlchemyAutoSchema(SQLAlchemySchema):
    def fields_of(self, declared):
        meta = declared_value(type(self), "Meta", None)
        has_relations = declared_value(meta, "include_relationships", False)
        return self.fields_of_model(declared, declared_value(meta, "model", None), has_relations)

    def fields_of_model(self, declared, model, has_relations):
        made = {}
        for name in field_names(model, "column"):
            made[name] = fields.Raw()
        if has_relations:
            for name in field_names(model, "relation"):
                made[name] = Related()
        made.update(declared)
        return made


class ModelSchema(SQLAlchemyAutoSchema):
    """Of the versions before 0.22: all relations."""

    def fields_of(self, declared):
        meta = declared_value(type(self), "Meta", None)
        return self.fields_of_model(declared, declared_value(meta, "model", None), True)


class Related(Field):
    """The keys of the rows of a relation, which are read whole."""

    def _serialize(self, value, attr, obj, **options):
        return value


def auto_field(column_name=None, attribute=None, load_only=False, **options):
    return fields.Raw(attribute=attribute or column_name, load_only=load_only)


def field_for(model, property_name, load_only=False, **options):
    return Related(attribute=property_name, load_only=load_only)
