"""A large table that is filtered by a column without an index: told with rows, scans and the index that is missing."""

import os
import tempfile
import unittest
from pathlib import Path

import psycopg2
from quell import capture, findings, quell
from servers import Server

VERSION = int(os.environ.get("QUELL_POSTGRES", "15").split()[0])
MODELS = """
from django.db import models


class Customer(models.Model):
    phone = models.CharField(max_length=20)
    city = models.CharField(max_length=20)
    email = models.CharField(max_length=40, db_index=True)

    class Meta:
        app_label = "app"
"""
VIEWS = """
from .models import Customer


def by_phone(request, phone):
    return list(Customer.objects.filter(phone=phone))


def by_email(request, email):
    return list(Customer.objects.filter(email=email))


def of_city(request, city):
    return list(Customer.objects.filter(city=city))
"""
ROWS = """
CREATE TABLE app_customer (id serial PRIMARY KEY, phone varchar(20), city varchar(20), email varchar(40));
CREATE INDEX app_customer_email ON app_customer (email);
INSERT INTO app_customer (phone, city, email)
    SELECT 'phone ' || n, 'city ' || n % 3, 'email ' || n FROM generate_series(1, 20000) n;
ANALYZE app_customer;
"""
COLUMNS = 'SELECT "app_customer"."id", "app_customer"."phone", "app_customer"."city", "app_customer"."email" FROM "app_customer" WHERE "app_customer"'


class Indexes(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.folder / "app").mkdir()
        for name, text in {"__init__.py": "", "models.py": MODELS, "views.py": VIEWS}.items():
            (self.folder / "app" / name).write_text(text)
        self.server = self.enterContext(Server(VERSION))
        self.server.execute("postgres", "CREATE EXTENSION pg_stat_statements", ROWS)
        for number in range(20):
            self.server.execute(
                "postgres",
                f"{COLUMNS}.\"phone\" = 'phone {number}'",
                f"{COLUMNS}.\"email\" = 'email {number}'",
                f"{COLUMNS}.\"city\" = 'city {number % 3}'",
            )

    def unindexed(self, profile):
        return [finding for finding in findings(self.folder, profile) if finding["rule"] == "unindexed-filter"]

    def test_a_selective_filter_without_an_index_is_told(self):
        url = self.server.url("postgres")
        [finding] = self.unindexed(url)
        index = finding["evidence"]["index"]
        self.assertEqual(finding["line"], 6)
        self.assertEqual(finding["help"], "CREATE INDEX CONCURRENTLY ON public.app_customer (phone)")
        self.assertEqual((index["rows"], index["verified"]), (20000, False))
        self.assertGreaterEqual(index["scans"], 20)
        self.assertEqual(index["unverified_because"], "the extension hypopg is not installed")
        self.assertEqual(finding["evidence"]["calls"], 20)
        capture(self.folder, url)
        [from_file] = self.unindexed("profile.json")
        self.assertIn("the profile is a file", from_file["evidence"]["index"]["unverified_because"])

    def test_hypopg_verifies_it_where_the_server_has_it(self):
        try:
            self.server.execute("postgres", "CREATE EXTENSION hypopg")
        except psycopg2.Error:
            self.skipTest("this server does not have hypopg")
        [finding] = self.unindexed(self.server.url("postgres"))
        index = finding["evidence"]["index"]
        self.assertTrue(index["verified"], index)
        before, after = index["plan_cost"]
        self.assertLess(after, before / 2)

    def test_without_a_profile_nobody_speaks_of_it(self):
        done = quell(self.folder, "check", ".", "--no-cache", "--format", "concise")
        self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    unittest.main()
