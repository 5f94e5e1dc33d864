from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class Event(Base):
    __tablename__ = "event"

    id = Column(Integer, primary_key=True)
    title = Column(String(40))


class Folder(Base):
    __tablename__ = "folder"

    id = Column(Integer, primary_key=True)
    event_id = Column(ForeignKey("event.id"))
    event = relationship(Event)


class File(Base):
    __tablename__ = "file"

    id = Column(Integer, primary_key=True)
    name = Column(String(40))
    kind = Column(String(4))
    folder_id = Column(ForeignKey("folder.id"))
    folder = relationship(Folder)
