from sqlalchemy.orm import Session, joinedload

from .models import Server


def names(session: Session):
    return [server["flavor"]["name"] for server in session.query(Server).all()]  # expect[lazy-load-per-row]


def flavors(session: Session):
    return [server.get("flavor") for server in session.query(Server).all()]  # expect[lazy-load-per-row]


def names_joined(session: Session):
    query = session.query(Server).options(joinedload(Server.flavor))
    return [(server["size"], server["flavor"]["name"]) for server in query.all()]


def resize(session: Session):
    for server in session.query(Server).all():
        server.update({"size": 2})
        server.save(session)  # expect[flush-per-row]
