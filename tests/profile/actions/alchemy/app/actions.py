"""One function for each action of the ORM; each loops over rows, so that the action is a finding."""

from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.orm import Session

from .models import Author, Book, Profile, Tag


def many_to_one(session: Session):
    for book in session.scalars(select(Book)):
        print(book.author.name)


def one_to_many(session: Session):
    for author in session.scalars(select(Author)):
        print(len(author.books))


def one_to_one_reverse(session: Session):
    for author in session.scalars(select(Author)):
        print(author.profile.id)


def many_to_many(session: Session):
    for book in session.scalars(select(Book)):
        print(len(book.tags))


def deferred_column(session: Session):
    for book in session.scalars(select(Book)):
        print(book.blurb)


def get(session: Session):
    for book in session.scalars(select(Book)):
        session.get(Profile, book.author_id)


def where_key(session: Session):
    for book in session.scalars(select(Book)):
        session.scalars(select(Author).where(Author.id == book.author_id)).first()


def where_foreign_key(session: Session):
    for author in session.scalars(select(Author)):
        session.scalars(select(Book).where(Book.author_id == author.id)).all()


def where_name(session: Session):
    for author in session.scalars(select(Author)):
        session.scalars(select(Tag).where(Tag.name == author.name)).all()


def query_filter(session: Session):
    for author in session.query(Author):
        session.query(Book).filter(Book.author_id == author.id).all()


def query_first(session: Session):
    for author in session.query(Author):
        session.query(Book).filter(Book.author_id == author.id).first()


def query_count(session: Session):
    for author in session.query(Author):
        session.query(Book).filter(Book.author_id == author.id).count()


def select_count(session: Session):
    for author in session.scalars(select(Author)):
        session.scalar(select(func.count()).select_from(Book).where(Book.author_id == author.id))


def in_list(session: Session):
    for author in session.scalars(select(Author)):
        session.scalars(select(Book).where(Book.id.in_([author.id, 1]))).all()


def joined(session: Session):
    for author in session.scalars(select(Author)):
        session.scalars(select(Book).join(Book.author).where(Author.name == author.name)).all()


def ordered(session: Session):
    for author in session.scalars(select(Author)):
        session.scalars(select(Book).where(Book.author_id == author.id).order_by(Book.title)).all()


def limited(session: Session):
    for author in session.scalars(select(Author)):
        session.scalars(select(Book).where(Book.author_id == author.id).limit(3)).all()


def one_column(session: Session):
    for author in session.scalars(select(Author)):
        session.scalars(select(Book.title).where(Book.author_id == author.id)).all()


def refresh(session: Session):
    for author in session.scalars(select(Author)).all():
        session.refresh(author)


def update_where(session: Session):
    for author in session.scalars(select(Author)).all():
        session.execute(update(Book).where(Book.author_id == author.id).values(title="changed"))


def delete_where(session: Session):
    for book in session.scalars(select(Book)).all():
        session.execute(delete(Profile).where(Profile.author_id == book.author_id))


def insert_one(session: Session):
    for author in session.scalars(select(Author)).all():
        session.execute(insert(Tag).values(name=author.name))


def flush_new(session: Session):
    for author in session.scalars(select(Author)).all():
        session.add(Tag(name=author.name))
        session.flush()
