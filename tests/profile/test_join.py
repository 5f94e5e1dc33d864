"""What is joined to which line on a real server: tables of one name in two schemas, comments that name a place, what nobody
has sent.
"""

import json
import os
import tempfile
import unittest
from pathlib import Path

from quell import capture, findings, quell
from servers import Server

VERSION = int(os.environ.get("QUELL_POSTGRES", "15").split()[0])
TABLES = """
CREATE SCHEMA other;
CREATE TABLE shop_author (id serial PRIMARY KEY, name text);
CREATE TABLE book (id serial PRIMARY KEY, title text, author_id int);
CREATE TABLE other.book (id serial PRIMARY KEY, title text, author_id int);
"""
MODELS = """
from django.db import models


class Author(models.Model):
    name = models.CharField(max_length=40)

    class Meta:
        db_table = "shop_author"


class Book(models.Model):
    title = models.CharField(max_length=40)
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="books")

    class Meta:
        db_table = "book"


class OldBook(models.Model):
    title = models.CharField(max_length=40)
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="old_books")

    class Meta:
        db_table = '"other"."book"'
"""
VIEWS = """
from .models import Author


def new():
    for author in Author.objects.all():
        list(author.books.all())


def old():
    for author in Author.objects.all():
        list(author.old_books.all())


def counted():
    for author in Author.objects.all():
        author.books.count()
"""
ALCHEMY = """
from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "shop_author"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    books: Mapped[list["Book"]] = relationship()
    old_books: Mapped[list["OldBook"]] = relationship()


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("shop_author.id"))


class OldBook(Base):
    __tablename__ = "book"
    __table_args__ = {"schema": "other"}
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    author_id: Mapped[int] = mapped_column(ForeignKey("shop_author.id"))


def new(session: Session):
    for author in session.scalars(select(Author)):
        print(len(author.books))


def old(session: Session):
    for author in session.scalars(select(Author)):
        print(len(author.old_books))
"""
NEW = "SELECT {0}.{1}id{1}, {0}.{1}title{1}, {0}.{1}author_id{1} FROM {0} WHERE {2}"


class Joined(unittest.TestCase):
    """A server whose statements are sent as the ORMs write them."""

    databases = 0

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(VERSION))

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        # One for each test: a session that has just ended may still hold the last one.
        self.database = f"shop{Joined.databases}"
        Joined.databases += 1
        self.server.execute("postgres", f"CREATE DATABASE {self.database}")
        self.server.execute(self.database, "CREATE EXTENSION pg_stat_statements", TABLES, "SELECT pg_stat_statements_reset()")

    def send(self, statement: str, times: int, path: str = "public"):
        self.server.execute(self.database, f"SET search_path = {path}", *[statement] * times)

    def write(self, **files):
        (self.folder / "app").mkdir()
        for name, text in {"__init__": "", **files}.items():
            (self.folder / "app" / f"{name}.py").write_text(text)

    def evidence(self) -> dict[str, dict]:
        capture(self.folder, self.server.url(self.database))
        found = findings(self.folder, "profile.json")
        return {finding["enclosing"].rsplit(".")[-1]: finding["evidence"] for finding in found if finding["evidence"]}

    def test_tables_of_one_name_in_two_schemas_are_told_apart_with_django(self):
        self.write(models=MODELS, views=VIEWS)
        self.send(NEW.format('"book"', '"', '"book"."author_id" = 1'), 7)
        self.send(NEW.format('"other"."book"', '"', '"other"."book"."author_id" = 1'), 5)
        self.assert_apart(self.evidence())

    def test_tables_of_one_name_in_two_schemas_are_told_apart_with_sqlalchemy(self):
        self.write(models=ALCHEMY)
        self.send(NEW.format("book", "", "1 = book.author_id"), 7)
        self.send(NEW.format("other.book", "", "1 = other.book.author_id"), 5)
        self.assert_apart(self.evidence())

    def assert_apart(self, evidence):
        calls = (evidence["new"]["calls"], evidence["old"]["calls"])
        if VERSION >= 18:
            # PostgreSQL itself adds up tables of one name: a half each, at most, and it is said.
            self.assertEqual((sum(calls), evidence["new"]["up_to"]), (12, True))
            self.assertEqual(evidence["new"]["schemas"], ["other", "public"])
        else:
            self.assertEqual((calls, evidence["new"]["schemas"], evidence["new"]["up_to"]), ((7, 5), [], False))

    def test_a_search_path_that_nobody_knows_is_told(self):
        # A schema for each customer: which of them a statement means depends on the session that has sent it.
        self.write(models=MODELS, views=VIEWS)
        self.server.execute(self.database, "ALTER TABLE book SET SCHEMA public", "CREATE SCHEMA one", "CREATE SCHEMA two")
        self.server.execute(self.database, "ALTER TABLE book SET SCHEMA one", "ALTER TABLE other.book SET SCHEMA two")
        for schema in ("one", "two"):
            self.send(NEW.format('"book"', '"', '"book"."author_id" = 1'), 3, schema)
        evidence = self.evidence()["new"]
        self.assertEqual((evidence["calls"], evidence["schemas"]), (6, ["one", "two"]))

    def test_a_comment_names_the_place(self):
        self.write(models=MODELS, views=VIEWS + VIEWS.split("def old")[0].split("import Author")[1].replace("new", "again"))
        comment = " /*controller='app.views.again',traceparent='00-5bd66ef5095369c7b0d1f8f4bd33716a'*/"
        self.send(NEW.format('"book"', '"', '"book"."author_id" = 1') + comment, 9)
        evidence = self.evidence()
        self.assertEqual((evidence["again"]["calls"], evidence["again"]["tagged"]), (9, True))
        self.assertFalse(evidence["new"]["tagged"])
        self.assertNotIn("5bd66ef5", (self.folder / "profile.json").read_text())

    def test_what_nobody_has_sent_is_told_apart_from_what_nobody_has_counted(self):
        self.write(models=MODELS, views=VIEWS)
        self.send(NEW.format('"book"', '"', '"book"."author_id" = 1'), 7)
        profile = capture(self.folder, self.server.url(self.database))
        # The statistics are of this minute: nothing follows from what they don't have.
        text = self.told("profile.json")
        self.assertIn("statements are counted since 0 min only" if VERSION >= 14 else "7 calls", text)
        profile["statistics"].update(statements_seconds=86_400.0, evictions=0)
        (self.folder / "day.json").write_text(json.dumps(profile))
        by_function = {one["enclosing"].rsplit(".")[-1]: one["evidence"] for one in findings(self.folder, "day.json")}
        self.assertEqual((by_function["new"]["unseen"], by_function["counted"]["unseen"]), (False, True))
        self.assertIn("not seen by the database", self.told("day.json"))
        profile["statements"] = []
        (self.folder / "none.json").write_text(json.dumps(profile))
        text = self.told("none.json")
        self.assertIn("no statements captured", text)
        self.assertNotIn("not seen by the database", text)

    def told(self, profile: str) -> str:
        told = quell(self.folder, "check", ".", "--profile", profile, "--no-cache", "--fail-on", "never").stdout
        return " ".join(told.split())


if __name__ == "__main__":
    unittest.main()
