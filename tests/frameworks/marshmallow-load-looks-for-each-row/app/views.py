from sqlalchemy.orm import Session

from .schemas import PlainSchema, SongSchema


def rename(session: Session, payload):
    songs = SongSchema(many=True).load(payload, session=session, partial=True)  # expect[query-per-row]
    session.commit()
    return len(songs)


def create(session: Session, payload):
    songs = SongSchema(many=True).load(payload, session=session)
    session.add_all(songs)
    session.commit()


def checked(payload):
    return PlainSchema(many=True).load(payload, partial=True)
