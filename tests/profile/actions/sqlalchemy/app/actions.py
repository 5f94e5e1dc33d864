"""One function for each action of the ORM; each loops over rows, so that the action is a finding."""

from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.orm import Session, joinedload, load_only, selectinload, subqueryload, with_parent

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


def all_rows(session: Session):
    for _ in session.scalars(select(Tag)).all():
        session.scalars(select(Book)).all()


def query_all(session: Session):
    for _ in session.scalars(select(Tag)).all():
        session.query(Book).all()


def query_get(session: Session):
    for book in session.query(Book):
        session.query(Profile).get(book.author_id)


def query_one(session: Session):
    for author in session.query(Author):
        session.query(Author).filter(Author.id == author.id).one()


def scalar(session: Session):
    for author in session.scalars(select(Author)):
        session.scalar(select(Author).where(Author.id == author.id))


def execute_one(session: Session):
    for author in session.scalars(select(Author)):
        session.execute(select(Author).where(Author.id == author.id)).scalar_one()


def expired(session: Session):
    for author in session.scalars(select(Author)).all():
        session.expire(author)
        print(author.name)


def load_only_later(session: Session):
    for author in session.scalars(select(Author).options(load_only(Author.id))):
        print(author.name)


def parent(session: Session):
    for author in session.scalars(select(Author)):
        session.scalars(select(Book).where(with_parent(author, Author.books))).all()


def where_relation(session: Session):
    for author in session.scalars(select(Author)):
        session.scalars(select(Book).where(Book.author == author)).all()


def write_only(session: Session):
    for author in session.scalars(select(Author)):
        session.scalars(author.drafts.select()).all()


def dynamic(session: Session):
    for author in session.scalars(select(Author)):
        author.notes.all()


def selectin_one_to_many(session: Session):
    for _ in session.scalars(select(Tag)).all():
        session.expire_all()
        session.scalars(select(Author).options(selectinload(Author.books))).all()


def selectin_many_to_one(session: Session):
    for _ in session.scalars(select(Tag)).all():
        session.expunge_all()
        session.scalars(select(Book).options(selectinload(Book.author))).all()


def selectin_many_to_many(session: Session):
    for _ in session.scalars(select(Tag)).all():
        session.expire_all()
        session.scalars(select(Book).options(selectinload(Book.tags))).all()


def subquery_one_to_many(session: Session):
    for _ in session.scalars(select(Tag)).all():
        session.expire_all()
        session.scalars(select(Author).options(subqueryload(Author.books))).all()


def joined_one_to_many(session: Session):
    for author in session.scalars(select(Author)).all():
        session.scalars(select(Author).options(joinedload(Author.books)).where(Author.name == author.name)).unique().all()


def joined_many_to_one(session: Session):
    for author in session.scalars(select(Author)).all():
        session.scalars(select(Book).options(joinedload(Book.author)).where(Book.title == author.name)).all()


def joined_limited(session: Session):
    for author in session.scalars(select(Author)).all():
        query = select(Author).options(joinedload(Author.books)).where(Author.name == author.name).limit(2)
        session.scalars(query).unique().all()


def count_column(session: Session):
    for author in session.scalars(select(Author)):
        session.scalar(select(func.count(Book.id)).where(Book.author_id == author.id))


def select_exists(session: Session):
    for author in session.scalars(select(Author)):
        session.scalar(select(exists().where(Book.author_id == author.id)))


def query_exists(session: Session):
    for author in session.query(Author):
        session.query(session.query(Book).filter(Book.author_id == author.id).exists()).scalar()


def flush_changed(session: Session):
    for author in session.scalars(select(Author)).all():
        author.name = author.name + "!"
        session.flush()



def update_list(session: Session):
    for author in session.scalars(select(Author)).all():
        session.execute(update(Author), [{"id": author.id, "name": "changed"}])


def add_all(session: Session):
    for author in session.scalars(select(Author)).all():
        session.add_all([Tag(name=author.name), Tag(name="other")])
        session.flush()


def insert_list(session: Session):
    for author in session.scalars(select(Author)).all():
        session.execute(insert(Tag), [{"name": author.name}, {"name": "other"}])


def bulk_save(session: Session):
    for author in session.scalars(select(Author)).all():
        session.bulk_save_objects([Tag(name=author.name), Tag(name="other")])


def empty_list(session: Session):
    for author in session.scalars(select(Author)).all():
        session.scalars(select(Book).where(Book.id.in_([]))).all()


def contains(session: Session):
    for author in session.scalars(select(Author)):
        session.scalars(select(Book).where(Book.title.contains(author.name))).all()


def ilike(session: Session):
    for author in session.scalars(select(Author)):
        session.scalars(select(Book).where(Book.title.ilike(author.name))).all()


def delete_one(session: Session):
    for tag in session.scalars(select(Tag).where(Tag.name == "free")).all():
        session.delete(tag)
        session.flush()


def in_portions(session: Session):
    for author in session.scalars(select(Author)).all():
        list(session.scalars(select(Book).where(Book.author_id == author.id).execution_options(yield_per=2)))


def append_tag(session: Session):
    tag = session.scalars(select(Tag)).first()
    for book in session.scalars(select(Book)).all():
        book.tags.append(tag)


def merge(session: Session):
    for book in session.scalars(select(Book)).all():
        session.merge(Profile(id=book.id, author_id=book.author_id))
