from marshmallow_sqlalchemy import SQLAlchemyAutoSchema

from .models import Song


class SongSchema(SQLAlchemyAutoSchema):
    class Meta:
        model = Song
        load_instance = True


class PlainSchema(SQLAlchemyAutoSchema):
    class Meta:
        model = Song
