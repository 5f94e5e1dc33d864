from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import relationship

Base = declarative_base()


class Folder(Base):
    __tablename__ = "folder"

    id = Column(Integer, primary_key=True)
    papers = relationship("Paper")


class Paper(Base):
    __tablename__ = "paper"

    id = Column(Integer, primary_key=True)
    folder_id = Column(ForeignKey("folder.id"))
    author_id = Column(ForeignKey("author.id"))
    author = relationship("Author")


class Author(Base):
    __tablename__ = "author"

    id = Column(Integer, primary_key=True)
    name = Column(String(20))
