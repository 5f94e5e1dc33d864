"""Every action of `actions/`, alone on a real server, under every version of its ORM: the footprint that quell predicts is
that of a statement that was sent.

Prints how many agree, by version; at least 95 % must, and none may be wrong. `QUELL_ORMS` names the versions, and with them
the drivers: "django52 sqlalchemy20" unless it is set.
"""

import json
import os
import shutil
import subprocess
import tempfile
import unittest
from dataclasses import dataclass
from pathlib import Path

from quell import ROOT, capture, quell
from servers import Server

VERSIONS = [int(version) for version in os.environ.get("QUELL_POSTGRES", "15").split()]
ORMS = os.environ.get("QUELL_ORMS", "django52 sqlalchemy20").split()
ACTIONS = Path(__file__).parent / "actions"
LEAST = 0.95

# Actions whose own statement is that of an eager load: it is no finding, but the join has to know it.
EAGER = ("prefetch_", "selectin_")
COMMON = """
import inspect, os, sys
def forget():
    keeper.execute("SELECT pg_stat_statements_reset()")
def done(name):
    print("done", name, flush=True)
    sys.stdin.readline()
"""
DJANGO = COMMON + """
for absent in os.environ["WITHOUT"].split():
    sys.modules[absent] = None
import django
from django.conf import settings
settings.configure(INSTALLED_APPS=["app"], DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", DATABASES={"default": {
    "ENGINE": "django.db.backends.postgresql", "HOST": "127.0.0.1", "PORT": os.environ["PORT"], "NAME": "postgres",
    "USER": "postgres", "PASSWORD": os.environ["SECRET"],
    "OPTIONS": {"server_side_binding": True} if os.environ["DRIVER"] == "server" else {}}})
from django.db.backends.postgresql.features import DatabaseFeatures
DatabaseFeatures.minimum_database_version = (12,)
django.setup()
from django.core.management import call_command
from django.db import connection, transaction
from app import actions
from app.models import *
keeper = connection.copy().cursor()
call_command("migrate", run_syncdb=True, verbosity=0)
for number in range(3):
    author = Author.objects.create(name=f"a{number}", email="e")
    Profile.objects.create(author=author)
    tag = Tag.objects.create(name=f"b{number}")
    book = Book.objects.create(title=f"b{number}", author=author, publisher=Publisher.objects.create(name="p"))
    Chapter.objects.create(book=book, number=1)
    book.tags.add(tag)
actions.print = lambda *_: None
for name, action in inspect.getmembers(actions, lambda one: inspect.isfunction(one) and one.__module__ == "app.actions"):
    try:
        with transaction.atomic():
            arguments = [Tag.objects.create(name="new")] if "tag" in inspect.signature(action).parameters else []
            forget()
            action(*arguments)
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        done(name)
"""
ALCHEMY = COMMON + """
import asyncio, psycopg
from sqlalchemy import URL, create_engine
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session
from app import actions
from app.models import *
address = ("postgres", os.environ["SECRET"], "127.0.0.1", int(os.environ["PORT"]), "postgres")
keeper = psycopg.connect(user=address[0], password=address[1], host=address[2], port=address[3], dbname=address[4], autocommit=True)
engine = create_engine(URL.create("postgresql+psycopg", *address))
Base.metadata.create_all(engine)
with Session(engine) as session, session.begin():
    for number in range(3):
        session.add(Tag(name="free"))
        author = Author(name=f"a{number}", profile=Profile())
        session.add(Book(title=f"b{number}", author=author, tags=[Tag(name=f"b{number}")]))
driver = os.environ["DRIVER"] or "psycopg"
async def run_async(action):
    engine = create_async_engine(URL.create("postgresql+asyncpg", *address))
    async with AsyncSession(engine) as session:
        await session.run_sync(action)
    await engine.dispose()
def run(action):
    with Session(create_engine(URL.create("postgresql+" + driver, *address))) as session:
        action(session)
actions.print = lambda *_: None
for name, action in inspect.getmembers(actions, lambda one: inspect.isfunction(one) and one.__module__ == "app.actions"):
    forget()
    asyncio.run(run_async(action)) if driver == "asyncpg" else run(action)
    done(name)
"""


@dataclass
class Run:
    """A version of an ORM, by the name of its environment, and the driver where it is not the newest psycopg."""

    orm: str
    version: str
    driver: str = ""

    @staticmethod
    def of(name: str) -> "Run":
        environment, _, driver = name.partition("+")
        orm = environment.rstrip("0123456789")
        return Run(orm, ".".join(environment.removeprefix(orm)), driver)

    @property
    def python(self) -> Path:
        """That of the pinned environment; the one of these tests has the usual versions and both drivers."""
        own = ROOT / ".venvs" / f"{self.orm}{self.version.replace('.', '')}-postgres" / "bin/python"
        return own if own.exists() else ROOT / ".venvs/profile/bin/python"

    @property
    def title(self) -> str:
        names = {"django": "Django", "sqlalchemy": "SQLAlchemy"}
        return f"{names[self.orm]} {self.version}" + (f" with {self.driver}" if self.driver else "")


class Actions(unittest.TestCase):
    def test_predicted_footprints_are_those_of_the_statements(self):
        agreed = count = 0
        wrong = {}
        for version in VERSIONS:
            for name in ORMS:
                one, all_of_it, faults = self.compare(Run.of(name), version)
                agreed, count = agreed + one, count + all_of_it
                wrong.update({(name, version, action): shape for action, shape in faults.items()})
        print(f"\nfootprints of actions: {agreed} of {count} = {agreed / count:.1%} agree with the server's statement")
        # None may be wrong: where quell does not know a statement it says so.
        self.assertEqual(wrong, {})
        self.assertGreaterEqual(agreed / count, LEAST)

    def compare(self, run: Run, version: int):
        """How many actions agree, how many there are, and what was predicted and not sent."""
        with Server(version) as server, tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "project"
            shutil.copytree(ACTIONS / run.orm, folder)
            library = {"django": "Django", "sqlalchemy": "SQLAlchemy"}[run.orm]
            (folder / "requirements.txt").write_text(f"{library}=={run.version}\n")
            said = predicted(folder)
            server.execute("postgres", "CREATE EXTENSION pg_stat_statements")
            sent = self.sent(server, folder, run, Path(scratch))
        agreeing = [name for name, shapes in sent.items() if agree(said.get(name, []), shapes)]
        print(f"\n{run.title}, PostgreSQL {version}: {len(agreeing)} of {len(sent)} actions have the footprint of their statement")
        for name in sorted(set(sent) - set(agreeing)):
            print(f"  {name}: said {said.get(name)}, sent {sent[name]}")
        self.assertGreater(len(sent), 20)
        # The server does not count what asyncpg fetches in portions.
        sent.pop("in_portions" if run.driver == "asyncpg" else "", None)
        wrong = {name: shape for name in sent for shape in said.get(name, []) if shape and shape not in sent[name]}
        return len(agreeing), len(sent), wrong

    def unexplained(self, folder, profile) -> list:
        """The statements that are joined to no line, of those about the tables of the models."""
        (folder / "profile.json").write_text(json.dumps(profile))
        options = ["--profile", "profile.json", "--format", "json", "--no-cache", "--fail-on", "never"]
        told = json.loads(quell(folder, "check", ".", *options).stdout)["summary"]["profile"]
        return [other for other in told["others"] if " pg_" not in other["text"] and "pg_catalog" not in other["text"]]

    def sent(self, server, folder, run, scratch):
        """The footprints that the server has seen of each action."""
        environment = {
            **os.environ,
            "PORT": str(server.port),
            "SECRET": server.password,
            "PYTHONDONTWRITEBYTECODE": "1",
            "DRIVER": run.driver,
            "WITHOUT": "psycopg" if run.driver == "psycopg2" else "",
        }
        program = DJANGO if run.orm == "django" else ALCHEMY
        running = subprocess.Popen(
            [run.python, "-c", program], cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        sent = {}
        for line in running.stdout:
            name = line.split()[1]
            profile = capture(scratch, server.url("postgres"))
            statements = profile["statements"]
            sent[name] = [statement["footprint"] for statement in statements if statement["footprint"]]
            if name.startswith(EAGER):
                self.assertEqual(self.unexplained(folder, profile), [], name)
            running.stdin.write("\n")
            running.stdin.flush()
        self.assertEqual(running.wait(), 0)
        running.stdin.close()
        running.stdout.close()
        return sent


def predicted(folder: Path) -> dict[str, list]:
    """The footprints of what each action sends for each row, by a rule that speaks of every statement."""
    options = ["--rules", ACTIONS / "rules", "--format", "json", "--no-cache", "--fail-on", "never", "--min-confidence", "low"]
    said = {}
    for finding in json.loads(quell(folder, "check", ".", *options).stdout)["findings"]:
        if finding["rule"] == "statement":
            said.setdefault(finding["enclosing"].rsplit(".")[-1], []).append(finding["footprint"])
    return said


def agree(said: list, sent: list) -> bool:
    """Something is predicted, and whatever is was sent."""
    known = [shape for shape in said if shape]
    return bool(known) and all(shape in sent for shape in known)


if __name__ == "__main__":
    unittest.main()
