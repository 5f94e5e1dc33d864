"""flask_marshmallow: the extension passes marshmallow on."""

import marshmallow
import marshmallow_sqlalchemy
from marshmallow import fields


class Answering:
    def jsonify(self, obj, many=None, *arguments, **keywords):
        return self.dump(obj, many=many)


class Schema(Answering, marshmallow.Schema):
    pass


class SQLAlchemySchema(Answering, marshmallow_sqlalchemy.SQLAlchemySchema):
    pass


class SQLAlchemyAutoSchema(Answering, marshmallow_sqlalchemy.SQLAlchemyAutoSchema):
    pass


class Marshmallow:
    Schema = Schema
    SQLAlchemySchema = SQLAlchemySchema
    SQLAlchemyAutoSchema = SQLAlchemyAutoSchema
    ModelSchema = marshmallow_sqlalchemy.ModelSchema
    auto_field = staticmethod(marshmallow_sqlalchemy.auto_field)
    Nested = fields.Nested
    Pluck = fields.Pluck
    List = fields.List
    Method = fields.Method
    Function = fields.Function
    Raw = fields.Raw
    String = fields.String
    Str = fields.Str
    Integer = fields.Integer
    Int = fields.Int
    Float = fields.Float
    Number = fields.Number
    Decimal = fields.Decimal
    Boolean = fields.Boolean
    Bool = fields.Bool
    DateTime = fields.DateTime
    Date = fields.Date
    Time = fields.Time
    UUID = fields.UUID
    Email = fields.Email
    Url = fields.Url
    URL = fields.URL
    Dict = fields.Dict
    URLFor = fields.Raw
    AbsoluteURLFor = fields.Raw
    Hyperlinks = fields.Raw

    def __init__(self, app=None):
        pass

    def init_app(self, app):
        pass
