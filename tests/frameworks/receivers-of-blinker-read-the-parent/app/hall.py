from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from . import receivers  # noqa: F401  the receivers connect themselves
from .models import Crate, Pallet
from .signals import crate_sold, crate_weighed, pallet_moved


def weigh(session: Session) -> None:
    for crate in session.scalars(select(Crate)):
        crate_weighed.send(session, crate=crate)


def sell(session: Session) -> None:
    for crate in session.scalars(select(Crate)):
        crate_sold.send(type(crate), crate=crate)


def move(session: Session) -> None:
    for pallet in session.scalars(select(Pallet).options(joinedload(Pallet.grower))):
        pallet_moved.send(session, pallet=pallet)
