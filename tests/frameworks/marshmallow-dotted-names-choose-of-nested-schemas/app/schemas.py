from marshmallow import Schema, fields


class CountrySchema(Schema):
    name = fields.Str()


class CustomerSchema(Schema):
    name = fields.Str()
    country = fields.Nested(CountrySchema)


class LineSchema(Schema):
    text = fields.Str()
    country = fields.Nested(CountrySchema())


class InvoiceSchema(Schema):
    number = fields.Str()
    customer = fields.Nested(CustomerSchema)
    lines = fields.List(fields.Nested(LineSchema))


class ReminderSchema(Schema):
    number = fields.Str()
    customer = fields.Nested(lambda: CustomerSchema, only=("name",))
