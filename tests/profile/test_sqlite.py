"""The shop on SQLite, as Django has it by default: rows, indexes and sizes, and what they say of a finding."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from quell import ROOT, capture, findings

FILL = """
import django
django.setup()
from django.core.management import call_command
from shop.sample import fill
call_command("migrate", run_syncdb=True, verbosity=0)
fill(30)
"""


class Sqlite(unittest.TestCase):
    def test_rows_turn_sizes_into_numbers(self):
        shop = Path(self.enterContext(tempfile.TemporaryDirectory()), "shop")
        shutil.copytree(ROOT / "fixtures/shop", shop)
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "shop.settings", "PYTHONDONTWRITEBYTECODE": "1"}
        subprocess.run([sys.executable, "-c", FILL], cwd=shop, env=environment, check=True)
        profile = capture(shop, "sqlite:shop.sqlite3")
        tables = {table["name"]: table for table in profile["tables"]}
        self.assertEqual(tables["orders_order"]["rows"], 30)
        self.assertIn(["customer_id"], [index["columns"] for index in tables["orders_order"]["indexes"]])
        self.assertEqual([missing["part"] for missing in profile["missing"]], ["statements"])
        self.assertNotIn("Main Street", (shop / "profile.json").read_text())
        for source in ("profile.json", "shop.sqlite3", "sqlite:shop.sqlite3"):
            found = {(finding["file"], finding["line"]): finding for finding in findings(shop, source)}
            lines = found["orders/models.py", 34]
            self.assertEqual(lines["evidence"]["estimate"]["queries"], 30)
            self.assertEqual((lines["evidence"]["measured"], lines["severity"]), (False, "medium"))


if __name__ == "__main__":
    unittest.main()
