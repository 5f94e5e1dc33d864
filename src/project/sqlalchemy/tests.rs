//! Small sources with the schema they make; SQLAlchemy 2.1 maps the ones over `HEAD` with the same result.

use crate::project::{ClassRef, Model, Program};
use crate::syntax::Name;

const HEAD: &str = "from typing import List, Optional, Set\n\
from sqlalchemy import Column, ForeignKey, Integer, String, Table\n\
from sqlalchemy.orm import DeclarativeBase, DynamicMapped, Mapped, WriteOnlyMapped, backref, declared_attr, foreign\n\
from sqlalchemy.orm import deferred, mapped_column, relationship, synonym\n\
class Base(DeclarativeBase): pass\n";

fn program(body: &str) -> Program {
    Program::from_sources(&[("shop/__init__.py", ""), ("shop/models.py", &format!("{HEAD}{body}"))])
}

fn model<'a>(program: &'a Program, label: &str) -> &'a Model {
    program.schema.by_label(label).unwrap()
}

/// `author ManyToOne shop.Author select by author_id`, a line a relation.
fn relations(program: &Program, label: &str) -> Vec<String> {
    let relations = model(program, label).relations.iter();
    relations
        .map(|relation| {
            let target = relation.target.map_or("?", |target| program.schema.model(target).label.as_str());
            let key = relation.key_attribute.map_or(String::new(), |key| format!(" by {key}"));
            format!("{} {:?} {target} {}{key}", relation.name, relation.kind, relation.lazy)
        })
        .collect()
}

/// `id! title? body~`: primary key, nullable, deferred.
fn columns(program: &Program, label: &str) -> String {
    let columns = model(program, label).columns.iter().map(|column| {
        let marks = [(column.primary_key, "!"), (column.nullable, "?"), (column.deferred, "~")];
        let marks: String = marks.iter().filter(|(holds, _)| *holds).map(|(_, mark)| *mark).collect();
        format!("{}{marks}", column.name)
    });
    columns.collect::<Vec<_>>().join(" ")
}

#[test]
fn foreign_keys_and_annotations_give_the_direction() {
    let program = program(
        r#"
class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[Optional[str]]
    books: Mapped[List["Book"]] = relationship(back_populates="author")
    page: Mapped["Page | None"] = relationship(back_populates="author")
    drafts: WriteOnlyMapped["Draft"] = relationship()

class Book(Base):
    __tablename__ = "book"
    id = Column(Integer, primary_key=True)
    body = deferred(Column(String))
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    author: Mapped[Author] = relationship(back_populates="books")
    writer = synonym("author")

class Page(Base):
    __tablename__ = "page"
    id = Column(Integer, primary_key=True)
    author_id = Column(ForeignKey(Author.id))
    author = relationship("shop.models.Author", lazy=False)

class Draft(Base):
    __tablename__ = "draft"
    id = Column(Integer, primary_key=True)
    author_id = Column(ForeignKey("author.id"))
"#,
    );
    assert_eq!(
        relations(&program, "shop.Author"),
        [
            "books OneToMany shop.Book select",
            "page ReverseOneToOne shop.Page select",
            "drafts OneToMany shop.Draft write_only"
        ]
    );
    assert_eq!(
        relations(&program, "shop.Book"),
        ["author ManyToOne shop.Author select by author_id", "writer ManyToOne shop.Author select by author_id"]
    );
    assert_eq!(relations(&program, "shop.Page"), ["author ManyToOne shop.Author joined by author_id"]);
    assert_eq!(columns(&program, "shop.Author"), "id! name?");
    assert_eq!(columns(&program, "shop.Book"), "id! body?~ author_id");
    assert!(program.schema.by_label("shop.Base").is_none());
}

#[test]
fn a_relation_to_itself_is_many_to_one_by_its_remote_side() {
    let program = program(
        r#"
class Node(Base):
    __tablename__ = "node"
    id = Column(Integer, primary_key=True)
    parent_id = Column(ForeignKey("node.id"))
    children = relationship("Node", foreign_keys=[parent_id], backref=backref("parent", remote_side=[id], lazy="joined"))
    root_id = Column(ForeignKey("node.id"))
    root = relationship("Node", remote_side="Node.id", foreign_keys=[root_id])
"#,
    );
    let found = relations(&program, "shop.Node");
    assert_eq!(found[0], "children OneToMany shop.Node select");
    assert_eq!(found[1], "root ManyToOne shop.Node select by root_id");
    assert!(found[2] == "parent ManyToOne shop.Node joined by parent_id");
}

#[test]
fn conditions_choose_among_foreign_keys() {
    let program = program(
        r#"
class User(Base):
    __tablename__ = "user"
    id = Column(Integer, primary_key=True)
    sent = relationship("Message", primaryjoin="User.id == Message.sender_id")

class Message(Base):
    __tablename__ = "message"
    id = Column(Integer, primary_key=True)
    sender_id = Column(ForeignKey("user.id"))
    reader_id = Column(ForeignKey("user.id"))
    reader = relationship(User, foreign_keys=[reader_id])
    shown = relationship(User, primaryjoin=lambda: foreign(Message.id) == User.id, viewonly=True)
"#,
    );
    assert_eq!(relations(&program, "shop.User"), ["sent OneToMany shop.Message select"]);
    assert_eq!(model(&program, "shop.User").relations[0].key_columns, ["sender_id"]);
    assert_eq!(
        relations(&program, "shop.Message"),
        ["reader ManyToOne shop.User select by reader_id", "shown ManyToOne shop.User select by id"]
    );
}

#[test]
fn secondary_tables_join_both_sides() {
    let program = program(
        r#"
book_tag = Table("book_tag", Base.metadata, Column("book_id", ForeignKey("book.id")), Column("tag_id", ForeignKey("tag.id")))

class Book(Base):
    __tablename__ = "book"
    id = Column(Integer, primary_key=True)
    tags = relationship("Tag", secondary=lambda: book_tag, backref="books")

class Tag(Base):
    __tablename__ = "tag"
    id = Column(Integer, primary_key=True)
"#,
    );
    let book = model(&program, "shop.Book");
    assert_eq!(relations(&program, "shop.Tag"), ["books ManyToMany shop.Book select"]);
    assert_eq!(book.relations[0].join_table.unwrap(), "book_tag");
    assert_eq!(book.relations[0].key_columns, ["book_id", "tag_id"]);
}

#[test]
fn mixins_and_parents_pass_their_attributes_on() {
    let program = program(
        r#"
class Owned:
    @declared_attr
    def owner_id(cls):
        return Column(ForeignKey("owner.id"))
    @declared_attr
    def owner(cls):
        return relationship("Owner", foreign_keys=[cls.owner_id])

class Owner(Base):
    __tablename__ = "owner"
    id = Column(Integer, primary_key=True)

class Animal(Owned, Base):
    __tablename__ = "animal"
    id = Column(Integer, primary_key=True)
    kind = Column(String)
    __mapper_args__ = {"polymorphic_on": kind}

class Dog(Animal):
    __tablename__ = "dog"
    id = Column(ForeignKey("animal.id"), primary_key=True)

class Cat(Animal):
    lives = Column(Integer)
"#,
    );
    let (dog, cat) = (model(&program, "shop.Dog"), model(&program, "shop.Cat"));
    assert_eq!(relations(&program, "shop.Dog"), ["owner ManyToOne shop.Owner select by owner_id"]);
    assert_eq!(dog.parents.len(), 1);
    assert!(cat.is_proxy && cat.parents.is_empty());
    assert_eq!(cat.table.unwrap(), "animal");
    assert_eq!(columns(&program, "shop.Cat"), "owner_id? id! kind? lives?");
}

#[test]
fn a_class_constant_decides_what_a_declared_attribute_makes() {
    let program = program(
        r#"
import enum

class Kind(enum.Enum):
    room = 1
    desk = 2

class Room(Base):
    __tablename__ = "room"
    id = Column(Integer, primary_key=True)

class Linked:
    kinds = frozenset(Kind)
    has_owner = False
    @declared_attr
    def room_id(cls):
        return Column(ForeignKey("room.id"))
    @declared_attr
    def room(cls):
        if Kind.room in cls.kinds:
            return relationship("Room")
    @declared_attr
    def owner(cls):
        if not cls.has_owner:
            return None
        return relationship("Room", viewonly=True)

class Key(Linked, Base):
    __tablename__ = "key"
    id = Column(Integer, primary_key=True)

class Note(Linked, Base):
    __tablename__ = "note"
    id = Column(Integer, primary_key=True)
    kinds = Linked.kinds - {Kind.room}
    has_owner = True

class Desk(Linked, Base):
    __tablename__ = "desk"
    id = Column(Integer, primary_key=True)
    kinds = {Kind.desk, Kind.room}
"#,
    );
    assert_eq!(relation_names(&program, "shop.Key"), ["room"]);
    assert_eq!(relation_names(&program, "shop.Note"), ["owner"]);
    assert_eq!(relation_names(&program, "shop.Desk"), ["room"]);
}

fn relation_names<'a>(program: &'a Program, label: &str) -> Vec<&'a str> {
    model(program, label).relations.iter().map(|relation| relation.name.as_str()).collect()
}

/// No relation is better than one that may not be there; a relation to a class that is not known is told by its key.
#[test]
fn what_is_not_known_is_not_guessed_from() {
    let body = r#"
from company import limits, security
class Token(Base):
    __tablename__ = "token"
    id = Column(Integer, primary_key=True)
    limit = limits.default()
    user_id = Column(Integer)
    user = relationship(security.user_model, foreign_keys=[user_id])
    others = relationship(security.user_model)
    @declared_attr
    def spare(cls):
        if cls.limit:
            return relationship("Token")
"#;
    assert_eq!(relations(&program(body), "shop.Token"), ["user ManyToOne ? select", "others OneToMany ? select"]);
}

#[test]
fn calls_in_functions_map_plain_classes() {
    let program = Program::from_sources(&[
        ("shop/__init__.py", ""),
        ("shop/domain.py", "class Book: pass\nclass Author: pass\n"),
        (
            "shop/orm.py",
            r#"
from sqlalchemy import Column, ForeignKey, Integer, Table
from sqlalchemy.orm import registry, relationship
from . import domain
reg = registry()
authors = Table("authors", reg.metadata, Column("id", Integer, primary_key=True))
books = Table("books", reg.metadata, Column("id", Integer, primary_key=True), Column("writer", ForeignKey("authors.id")))

def start_mappers():
    author_mapper = reg.map_imperatively(domain.Author, authors)
    reg.map_imperatively(domain.Book, books, properties={"author": relationship(author_mapper, backref="books"), "writer_id": books.c.writer})
"#,
        ),
    ]);
    assert_eq!(relations(&program, "shop.Book"), ["author ManyToOne shop.Author select by writer_id"]);
    assert_eq!(relations(&program, "shop.Author"), ["books OneToMany shop.Book select"]);
}

#[test]
fn flask_and_sqlmodel_classes_are_models() {
    let program = Program::from_sources(&[
        ("db.py", "from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n"),
        (
            "blog.py",
            "from db import db\nclass BlogPost(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    labels = db.relationship('Label', lazy='dynamic')\nclass Label(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n    post_id = db.Column(db.ForeignKey('blog_post.id'))\n",
        ),
        (
            "heroes.py",
            "from sqlmodel import Field, Relationship, SQLModel\nclass Team(SQLModel, table=True):\n    id: int | None = Field(default=None, primary_key=True)\nclass HeroBase(SQLModel):\n    name: str\nclass Hero(HeroBase, table=True):\n    id: int | None = Field(default=None, primary_key=True)\n    team_id: int | None = Field(default=None, foreign_key='team.id')\n    team: Team | None = Relationship(sa_relationship_kwargs={'lazy': 'selectin'})\n",
        ),
    ]);
    assert_eq!(relations(&program, "blog.BlogPost"), ["labels OneToMany blog.Label dynamic"]);
    assert_eq!(relations(&program, "heroes.Hero"), ["team ManyToOne heroes.Team selectin by team_id"]);
    assert_eq!(columns(&program, "heroes.Hero"), "name id! team_id?");
    assert!(program.schema.by_label("heroes.HeroBase").is_none());
}

#[test]
fn models_inherit_the_class_that_the_extension_is_given() {
    let program = Program::from_sources(&[(
        "db.py",
        "from flask_sqlalchemy import SQLAlchemy\nfrom sqlalchemy.orm import declarative_base\nclass Common:\n    query: object\n    @classmethod\n    def by_key(cls, key):\n        return cls.query.get(key)\ndb = SQLAlchemy(model_class=declarative_base(cls=Common, name='Model'))\nclass Post(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n",
    )]);
    let post = program.class(model(&program, "db.Post").class);
    let common = post.mro.iter().filter_map(|base| match base {
        ClassRef::Known(id) => Some(program.class(*id)),
        ClassRef::External(_) => None,
    });
    let holders: Vec<bool> = common.map(|class| class.assigns(Name::new("by_key"))).collect();
    assert_eq!(holders, [false, true]);
    assert!(post.mro.len() >= 2 && !program.classes.iter().any(|class| class.assigns(Name::new("query"))));
}

#[test]
fn a_model_of_an_unknown_base_is_still_one() {
    let program = Program::from_sources(&[(
        "shop/models.py",
        "from company.db import Base\nfrom sqlalchemy import Column, Integer\nclass Book(Base):\n    __tablename__ = 'book'\n    id = Column(Integer, primary_key=True)\n",
    )]);
    assert!(model(&program, "shop.Book").has_unknown_base);
}

#[test]
fn sessions_are_as_all_their_makers_say() {
    let local = "from sqlalchemy.orm import sessionmaker\nLocal = sessionmaker(expire_on_commit=False)\n";
    let room = "def enter(client):\n    return client.create_session(1)\n";
    let program = Program::from_sources(&[("shop/__init__.py", ""), ("shop/local.py", local), ("shop/room.py", room)]);
    let sessions = program.schema.sessions;
    assert!(sessions.autoflush && !sessions.expires);
}
