from sqlalchemy import select
from sqlalchemy.orm import joinedload

from shop.models import File, Folder


def titles(session):
    """Before SQLAlchemy 2.0 a chained option adds to the one that it is called on."""
    folder = joinedload("folder")
    folder.joinedload("event")
    return [file.folder.event.title for file in session.query(File).options(folder)]


def titles_since_2(session):
    folder = joinedload(File.folder)
    folder.joinedload(Folder.event)
    return [file.folder.event.title for file in session.query(File).options(folder)]


def found(session, names, folders):
    files = []
    for name in names:
        files.append(session.scalars(select(File).where(File.name == name, File.kind == "pdf")).one())
    for folder in folders:
        files.append(session.query(File).filter_by(name=folder.name, folder=folder).one())
        files.append(session.scalars(select(File).where(File.kind == "pdf")).all())
    return files


def closed(session):
    """Where models are SQLAlchemy's, `session` is no row of Django's."""
    for folder in session.query(Folder).all():
        session.delete(folder)
    session.flush()


def events_of(session, keys):
    """The event of each of some folders, looked up one by one."""
    events = []
    for key in keys:
        folder = session.scalars(select(Folder).where(Folder.id == key)).one()
        events.append(folder.event.title)
    return events
