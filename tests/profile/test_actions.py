"""Every action of `actions/`, alone on a real server: the footprint that quell predicts is that of a statement that was sent.

Prints how many agree; at least 95 % must.
"""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from quell import ROOT, capture, findings
from servers import Server

VERSIONS = [int(version) for version in os.environ.get("QUELL_POSTGRES", "15").split()]
ACTIONS = Path(__file__).parent / "actions"
LEAST = 0.95
START = """
import importlib, inspect, os, sys
import psycopg2
keeper = psycopg2.connect(host="127.0.0.1", port=os.environ["PORT"], dbname="postgres", user="postgres", password=os.environ["SECRET"])
keeper.autocommit = True
def forget():
    keeper.cursor().execute("SELECT pg_stat_statements_reset()")
def done(name):
    print("done", name, flush=True)
    sys.stdin.readline()
"""
DJANGO = START + """
import django
from django.conf import settings
settings.configure(INSTALLED_APPS=["app"], DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", DATABASES={"default": {
    "ENGINE": "django.db.backends.postgresql", "HOST": "127.0.0.1", "PORT": os.environ["PORT"], "NAME": "postgres",
    "USER": "postgres", "PASSWORD": os.environ["SECRET"]}})
from django.db.backends.postgresql.features import DatabaseFeatures
DatabaseFeatures.minimum_database_version = (12,)
django.setup()
from django.core.management import call_command
from django.db import transaction
from app import actions
from app.models import *
call_command("migrate", run_syncdb=True, verbosity=0)
def fill():
    for number in range(3):
        author = Author.objects.create(name=f"a{number}", email="e")
        Profile.objects.create(author=author)
        tag = Tag.objects.create(name=f"b{number}")
        book = Book.objects.create(title=f"b{number}", author=author, publisher=Publisher.objects.create(name="p"))
        book.tags.add(tag)
fill()
printed = print
for name, action in inspect.getmembers(actions, inspect.isfunction):
    actions.print = lambda *_: None
    try:
        with transaction.atomic():
            arguments = [Tag.objects.create(name="new")] if "tag" in inspect.signature(action).parameters else []
            forget()
            action(*arguments)
            done(name)
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
"""
ALCHEMY = START + """
from sqlalchemy import URL, create_engine
from sqlalchemy.orm import Session
from app import actions
from app.models import *
engine = create_engine(URL.create("postgresql+psycopg", "postgres", os.environ["SECRET"], "127.0.0.1", int(os.environ["PORT"]), "postgres"))
Base.metadata.create_all(engine)
with Session(engine) as session, session.begin():
    for number in range(3):
        tag = Tag(name=f"b{number}")
        author = Author(name=f"a{number}", profile=Profile())
        session.add(Book(title=f"b{number}", author=author, tags=[tag]))
for name, action in inspect.getmembers(actions, lambda one: inspect.isfunction(one) and one.__module__ == "app.actions"):
    actions.print = lambda *_: None
    with Session(engine) as session:
        forget()
        action(session)
        done(name)
"""


class Actions(unittest.TestCase):
    def test_predicted_footprints_are_those_of_the_statements(self):
        agreed, all_actions = map(sum, zip(self.compare("django", DJANGO), self.compare("alchemy", ALCHEMY)))
        print(f"\nfootprints of actions: {agreed} of {all_actions} agree with the server's statement")
        self.assertGreaterEqual(agreed / all_actions, LEAST)

    def compare(self, orm, program):
        """How many actions agree, and how many there are."""
        agreed = all_actions = 0
        folder = ACTIONS / orm
        said = {}
        for finding in findings(folder, None):
            said.setdefault(finding["enclosing"].rsplit(".")[-1], []).append(finding["footprint"])
        for version in VERSIONS:
            with Server(version) as server, tempfile.TemporaryDirectory() as scratch:
                server.execute("postgres", "CREATE EXTENSION pg_stat_statements")
                sent = self.sent(server, folder, program, Path(scratch))
            wrong = {name: (said.get(name), shapes) for name, shapes in sent.items() if not agree(said.get(name), shapes)}
            print(f"\n{orm}, PostgreSQL {version}: {len(sent) - len(wrong)} of {len(sent)} actions have the footprint of their statement")
            for name, (predicted, shapes) in wrong.items():
                print(f"  {name}: said {predicted}, sent {shapes}")
            self.assertGreater(len(sent), 20)
            # None of them may be wrong: where quell does not know a statement it says so.
            self.assertFalse([name for name in wrong if any(said.get(name) or [])], wrong)
            agreed, all_actions = agreed + len(sent) - len(wrong), all_actions + len(sent)
        return agreed, all_actions

    def sent(self, server, folder, program, scratch):
        """The footprints that the server has seen of each action."""
        environment = {**os.environ, "PORT": str(server.port), "SECRET": server.password, "PYTHONDONTWRITEBYTECODE": "1"}
        running = subprocess.Popen(
            [sys.executable, "-c", program], cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        sent = {}
        for line in running.stdout:
            name = line.split()[1]
            statements = capture(scratch, server.url("postgres"))["statements"]
            sent[name] = [statement["footprint"] for statement in statements if statement["footprint"]]
            running.stdin.write("\n")
            running.stdin.flush()
        self.assertEqual(running.wait(), 0)
        running.stdin.close()
        running.stdout.close()
        return sent


def agree(predicted, shapes) -> bool:
    return bool(predicted) and any(shape in shapes for shape in predicted if shape)


if __name__ == "__main__":
    unittest.main()
