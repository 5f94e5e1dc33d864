from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Dialect(Base):
    __tablename__ = "dialect"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]


class Saying(Base):
    __tablename__ = "saying"

    id: Mapped[int] = mapped_column(primary_key=True)
    dialect_id: Mapped[int] = mapped_column(ForeignKey("dialect.id"))
    dialect: Mapped[Dialect] = relationship()
