from oslo_db.sqlalchemy import models
from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class Common(models.ModelBase, models.TimestampMixin):
    pass


class Flavor(Base, Common):
    __tablename__ = "flavor"

    id = Column(Integer, primary_key=True)
    name = Column(String(40))


class Server(Base, Common):
    __tablename__ = "server"

    id = Column(Integer, primary_key=True)
    size = Column(Integer)
    flavor_id = Column(Integer, ForeignKey("flavor.id"))
    flavor = relationship(Flavor)
