from sqlalchemy import event, select
from sqlalchemy.orm import Session, selectinload, sessionmaker

from .models import Saying


class EagerSession(Session):
    pass


Sessions = sessionmaker(class_=EagerSession)


@event.listens_for(EagerSession, "do_orm_execute")
def add_options(state):
    if state.is_select and not state.is_column_load and not state.is_relationship_load:
        state.statement = state.statement.options(selectinload(Saying.dialect))


def codes(session: EagerSession):
    return [saying.dialect.code for saying in session.scalars(select(Saying))]
