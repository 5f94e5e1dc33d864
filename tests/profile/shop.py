"""The sample shop on a PostgreSQL server: a copy of its code, its tables, its rows, and requests."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from servers import Server

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = """
import os
from django.db.backends.postgresql.features import DatabaseFeatures
from shop.settings import *
# Django 5.2 wants 14; what the shop sends is the same on older servers.
DatabaseFeatures.minimum_database_version = (12,)
DATABASES = {"default": {
    "ENGINE": "django.db.backends.postgresql", "HOST": "127.0.0.1", "PORT": os.environ["SHOP_PORT"],
    "NAME": "shop", "USER": "postgres", "PASSWORD": os.environ["SHOP_PASSWORD"],
}}
"""
DJANGO = """
import django, sys
django.setup()
from django.core.management import call_command
from django.test import Client
if sys.argv[1] == "fill":
    from shop.sample import fill
    call_command("migrate", run_syncdb=True, verbosity=0)
    fill(int(sys.argv[2]))
else:
    client = Client(raise_request_exception=True)
    for path in sys.argv[2:]:
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
"""
ALCHEMY = """
import os, sys
from sqlalchemy import URL, create_engine
from sqlalchemy.orm import Session
from reporting import reports
address = URL.create(sys.argv[1], "postgres", os.environ["SHOP_PASSWORD"], "127.0.0.1", int(os.environ["SHOP_PORT"]), "shop")
engine = create_engine(address)
for report in sys.argv[2:]:
    with Session(engine) as session:
        getattr(reports, report)(session)
"""


class Shop:
    """A context manager: the shop, filled, its statistics empty."""

    def __init__(self, server: Server, size: int) -> None:
        self.server = server
        self.size = size
        self.folder = Path(tempfile.mkdtemp(prefix="quell-shop-"))
        self.code = self.folder / "code"

    def __enter__(self) -> "Shop":
        shutil.copytree(ROOT / "fixtures/shop", self.code)
        (self.folder / "on_postgres.py").write_text(SETTINGS)
        self.server.execute("postgres", "DROP DATABASE IF EXISTS shop", "CREATE DATABASE shop")
        self.server.execute("shop", "CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        self.python(DJANGO, "fill", self.size)
        self.server.execute("shop", "ANALYZE")
        self.forget()
        return self

    def __exit__(self, *_) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def forget(self) -> None:
        """Starts to count anew."""
        self.server.execute("shop", "SELECT pg_stat_statements_reset()")

    def get(self, *paths: str) -> None:
        """Asks for pages, one after the other."""
        self.python(DJANGO, "get", *paths)

    def report(self, driver: str, *names: str) -> None:
        """Makes reports, each in a session of its own."""
        self.python(ALCHEMY, f"postgresql+{driver}", *names)

    def python(self, program: str, *arguments) -> None:
        environment = {
            **os.environ,
            "PYTHONPATH": f"{self.code}:{self.folder}",
            "PYTHONDONTWRITEBYTECODE": "1",
            "DJANGO_SETTINGS_MODULE": "on_postgres",
            "SHOP_PORT": str(self.server.port),
            "SHOP_PASSWORD": self.server.password,
        }
        subprocess.run([sys.executable, "-c", program, *map(str, arguments)], cwd=self.folder, env=environment, check=True)
