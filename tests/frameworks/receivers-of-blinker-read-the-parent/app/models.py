from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Grower(Base):
    __tablename__ = "grower"

    id: Mapped[int] = mapped_column(primary_key=True)
    phone: Mapped[str]


class Crate(Base):
    __tablename__ = "crate"

    id: Mapped[int] = mapped_column(primary_key=True)
    weight: Mapped[int]
    grower_id: Mapped[int] = mapped_column(ForeignKey("grower.id"))
    grower: Mapped[Grower] = relationship()


class Pallet(Base):
    __tablename__ = "pallet"

    id: Mapped[int] = mapped_column(primary_key=True)
    grower_id: Mapped[int] = mapped_column(ForeignKey("grower.id"))
    grower: Mapped[Grower] = relationship()
