"""A large database: 10,000 tables and 50,000 statements. Prints what reading it took.

    .venvs/profile/bin/python tests/profile/scale.py
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from quell import PROGRAM
from servers import Server

VERSION = int(os.environ.get("QUELL_POSTGRES", "15").split()[0])
TABLES, STATEMENTS = 10_000, 50_000
SETTINGS = """
pg_stat_statements.max = 60000
pg_stat_statements.track = all
max_locks_per_transaction = 20000
shared_buffers = 512MB
"""
COLUMNS = ", ".join(f"column_{number} int" for number in range(8))
FILL = f"""
DO $$ BEGIN FOR n IN 1..{TABLES} LOOP
    EXECUTE format('CREATE TABLE table_%s (id serial PRIMARY KEY, {COLUMNS})', n);
    EXECUTE format('CREATE INDEX ON table_%s (column_0)', n);
END LOOP; END $$
"""
SEND = f"""
DO $$ BEGIN FOR n IN 1..{TABLES} LOOP FOR m IN 0..{STATEMENTS // TABLES - 1} LOOP
    EXECUTE format('SELECT id, column_1 FROM table_%s WHERE column_%s = 1', n, m);
END LOOP; END LOOP; END $$
"""
MODELS = """
from django.db import models


class Table{number}(models.Model):
    {columns}

    class Meta:
        db_table = "table_{number}"
        app_label = "app"
"""


def main() -> None:
    with Server(VERSION, settings=SETTINGS) as server, tempfile.TemporaryDirectory() as folder:
        server.execute("postgres", "CREATE EXTENSION pg_stat_statements", FILL, "SELECT pg_stat_statements_reset()", SEND, "ANALYZE table_1")
        profile = Path(folder, "profile.json")
        measured(folder, "capture", "profile", server.url("postgres"), "-o", profile)
        snapshot = json.loads(profile.read_text())
        print(f"{len(snapshot['statements'])} statements, {len(snapshot['tables'])} tables, {profile.stat().st_size / 1e6:.0f} MB on disk")
        assert len(snapshot["statements"]) >= STATEMENTS and len(snapshot["tables"]) == TABLES
        assert not [missing for missing in snapshot["missing"] if missing["part"] != "statistics of columns"], snapshot["missing"]
        app = Path(folder, "app")
        app.mkdir()
        columns = "\n    ".join(f"column_{number} = models.IntegerField()" for number in range(8))
        (app / "models.py").write_text("".join(MODELS.format(number=number, columns=columns) for number in (1, 2)))
        (app / "views.py").write_text("from .models import Table1\n\n\ndef view(request):\n    return list(Table1.objects.filter(column_1=1))\n")
        measured(folder, "join", "check", "app", "--profile", profile, "--no-cache", "--fail-on", "never", "--format", "summary")


def measured(folder: str, name: str, *arguments) -> None:
    """Runs quell and prints seconds and the most memory that any run so far has taken."""
    start = time.monotonic()
    done = subprocess.run([PROGRAM, *map(str, arguments)], cwd=folder, capture_output=True, text=True)
    seconds = time.monotonic() - start
    if done.returncode:
        sys.exit(done.stderr)
    print(f"{name}: {seconds:.1f} s, {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB; {done.stdout.splitlines()[0]}")


if __name__ == "__main__":
    main()
