"""What a role may see, and what goes wrong: clear words, the SQL that helps, and no secret in any of it."""

import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path

from quell import capture, quell
from servers import PASSWORD, Server, free_port

VERSION = int(os.environ.get("QUELL_POSTGRES", "15").split()[0])
TABLES = """
CREATE TABLE author (id serial PRIMARY KEY, name text NOT NULL);
CREATE TABLE book (id serial PRIMARY KEY, title text, status text, author_id int REFERENCES author);
CREATE INDEX book_new ON book (title) WHERE status = 'top secret';
INSERT INTO author (name) SELECT 'secret ' || n FROM generate_series(1, 100) n;
INSERT INTO book (title, status, author_id) SELECT 'secret', 'top secret', n FROM generate_series(1, 100) n;
ANALYZE;
"""


class Access(unittest.TestCase):
    """One server; a database with the extension, one without."""

    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server(VERSION))
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.server.execute("postgres", "CREATE DATABASE plain", "CREATE DATABASE shop")
        cls.server.execute("plain", TABLES)
        cls.server.execute("shop", TABLES, "CREATE EXTENSION pg_stat_statements")
        for number in range(3):
            cls.server.execute("shop", f"SELECT title FROM book WHERE author_id = {number} AND title = 'hunter2'")
        reads_all = ", pg_read_all_data" if VERSION >= 14 else ""
        grants = {"nobody": None, "monitor": "pg_monitor", "reader": f"pg_monitor{reads_all}"}
        for role, granted in grants.items():
            cls.server.execute("postgres", f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'")
            if granted:
                cls.server.execute("postgres", f"GRANT {granted} TO {role}")
        for database in ("plain", "shop"):
            if not reads_all:
                cls.server.execute(database, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")

    def profile(self, role, database="shop"):
        return capture(self.folder, self.server.url(database, role))

    def missing(self, profile):
        return {missing["part"]: missing["sql"] for missing in profile["missing"]}

    def sent(self, profile):
        return [statement for statement in profile["statements"] if "book WHERE" in statement["text"]]

    def test_a_plain_role_sees_tables_and_is_told_what_it_lacks(self):
        profile = self.profile("nobody")
        self.assertEqual([table["name"] for table in profile["tables"]], ["author", "book"])
        self.assertEqual(self.sent(profile), [])
        missing = self.missing(profile)
        self.assertEqual(missing["statements of other roles" if profile["statements"] else "statements"], "GRANT pg_monitor TO CURRENT_USER")
        may_read = "pg_read_all_data" if VERSION >= 14 else "SELECT ON ALL TABLES IN SCHEMA public"
        self.assertEqual(missing["statistics of columns"], f"GRANT {may_read} TO CURRENT_USER")

    def test_pg_monitor_sees_statements_and_no_statistics_of_columns(self):
        profile = self.profile("monitor")
        self.assertEqual([statement["calls"] for statement in self.sent(profile)], [3])
        self.assertEqual(set(self.missing(profile)), {"statistics of columns"})

    def test_a_reader_sees_everything_and_writes_down_no_value(self):
        profile = self.profile("reader")
        self.assertEqual(profile["missing"], [])
        book = next(table for table in profile["tables"] if table["name"] == "book")
        status = next(column for column in book["columns"] if column["name"] == "status")
        self.assertEqual((status["distinct"], status["common"], book["rows"]), (1.0, [1.0], 100))
        self.assertEqual(book["foreign_keys"][0]["references"], "public.author")
        self.assertIn("WHERE (status = ?", next(index for index in book["indexes"] if index["name"] == "book_new")["definition"])
        self.assertNotIn("secret", (self.folder / "profile.json").read_text())

    def test_a_database_without_the_extension_says_so(self):
        profile = self.profile("reader", "plain")
        self.assertEqual(self.missing(profile), {"statements": "CREATE EXTENSION pg_stat_statements"})
        told = quell(self.folder, "profile", self.server.url("plain", "reader"), "-o", "plain.json").stdout
        self.assertIn("to have it: CREATE EXTENSION pg_stat_statements", told)

    def test_nothing_is_written(self):
        self.profile("postgres")
        told = quell(self.folder, "profile", self.server.url("shop"), "-o", "again.json")
        self.assertIn("statements and 2 tables of shop", told.stdout)

    def refused(self, url, *words, environment=None):
        told = quell(self.folder, "profile", url, "-o", "no.json", code=2, environment=environment).stderr
        for word in words:
            self.assertIn(word, " ".join(told.split()))
        self.assertFalse((self.folder / "no.json").exists())
        return told

    def test_a_wrong_password_is_told(self):
        self.refused(self.server.url("shop", "reader", "hunter2"), "does not let quell in", "password authentication failed")
        self.refused(f"postgresql://reader@127.0.0.1:{self.server.port}/shop", "PGPASSWORD", environment={"HOME": "/none"})

    def test_a_missing_database_is_told(self):
        self.refused(self.server.url("nowhere"), 'database "nowhere" does not exist')

    def test_no_server_is_told(self):
        self.refused(f"postgresql://a:hunter2@127.0.0.1:{free_port()}/shop", "no server answers", "Connection refused")
        self.refused("postgresql://a:hunter2@no-such-host.invalid/shop", "no server answers at no-such-host.invalid")

    def test_a_server_without_tls_is_told(self):
        self.refused(f"{self.server.url('shop')}?sslmode=require", "no encrypted connection", "server does not support TLS")

    def test_what_the_server_is_doing_is_counted(self):
        holder = self.server.connect("shop")
        holder.autocommit = False
        holder.cursor().execute("LOCK TABLE author IN ACCESS EXCLUSIVE MODE")
        waiter = threading.Thread(target=self.server.execute, args=("shop", "SELECT count(*) FROM author"))
        waiter.start()
        try:
            self.wait_for("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            profile = self.profile("reader")
        finally:
            holder.rollback()
            holder.close()
            waiter.join()
        states = {group["state"]: group["count"] for group in profile["connections"]}
        # A session of another test may not have ended yet.
        self.assertGreaterEqual(min(states["idle in transaction"], states["active"]), 1)
        modes = {(lock["mode"], lock["granted"]): lock["count"] for lock in profile["locks"]}
        self.assertGreaterEqual(min(modes[("AccessExclusiveLock", True)], modes[("AccessShareLock", False)]), 1)
        self.assertIn(("Lock", "relation"), [(wait["kind"], wait["event"]) for wait in profile["waits"]])

    def wait_for(self, question: str):
        """Until the answer is not 0."""
        watcher = self.server.connect("shop")
        self.addCleanup(watcher.close)
        with watcher.cursor() as cursor:
            for _ in range(100):
                cursor.execute(question)
                if cursor.fetchone()[0]:
                    return
                time.sleep(0.05)
        self.fail(f"never: {question}")

    def test_what_statements_cost_is_read(self):
        long = "x" * 100
        for number in range(2):
            insert = f"INSERT INTO book (title, status) SELECT string_agg(md5(n::text), '{long}'), 'new' FROM generate_series(1, 400) n"
            self.server.execute("shop", insert)
        self.server.execute("shop", "VACUUM ANALYZE book")
        # Before PostgreSQL 15 statistics reach the views a moment later.
        self.wait_for("SELECT count(last_vacuum) FROM pg_stat_user_tables WHERE relname = 'book'")
        profile = self.profile("reader")
        written = next(one for one in profile["statements"] if "string_agg" in one["text"])
        self.assertEqual((written["calls"], written["rows"]), (2, 2))
        self.assertGreater(written["stddev_ms"], 0)
        self.assertGreater(written["blocks"]["hit"] + written["blocks"]["dirtied"], 0)
        if VERSION >= 13:
            self.assertGreater(written["wal_bytes"], 0)
        else:
            self.assertIsNone(written["wal_bytes"])
        book = next(table for table in profile["tables"] if table["name"] == "book")
        self.assertGreater(book["toast_bytes"], 0)
        self.assertIsNotNone(book["vacuumed"])
        self.server.execute("shop", "DELETE FROM book WHERE status = 'new'", "ANALYZE book")

    def test_what_is_no_address_is_told(self):
        self.refused("shop", "neither a file nor the address of a database")
        self.refused("mysql://root:hunter2@db/shop", "quell knows PostgreSQL 12 to 18 and SQLite")
        self.refused("postgresql://a:hunter2@db/shop?sslmode=sometimes", "`sslmode` is disable")
        self.refused("missing.json", "can't be read")

    def test_the_environment_and_the_password_file_are_read(self):
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        passfile = home / ".pgpass"
        escaped = PASSWORD.replace(":", "\\:")
        passfile.write_text(f"127.0.0.1:{self.server.port}:*:reader:{escaped}\n")
        passfile.chmod(0o600)
        names = {"PGHOST": "127.0.0.1", "PGPORT": str(self.server.port), "PGUSER": "reader", "PGDATABASE": "shop"}
        capture(self.folder, "postgresql://", environment={**names, "HOME": str(home)})
        passfile.chmod(0o644)
        self.refused("postgresql://", "does not let quell in", environment={**names, "HOME": str(home)})
        capture(self.folder, "postgresql://", environment={**names, "HOME": "/none", "PGPASSWORD": PASSWORD})

    def test_a_server_that_goes_away_midway_is_told(self):
        # A go-between that hangs up once the server has told so much.
        with Cut(self.server.port, 6_000) as cut:
            url = self.server.url("shop").replace(str(self.server.port), str(cut.port))
            self.refused(url, "the server went away while its")


class Cut:
    """Passes bytes on until the server has sent so many, then hangs up."""

    def __init__(self, port: int, most: int) -> None:
        self.target, self.left = port, most
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def serve(self):
        client, _ = self.listener.accept()
        server = socket.create_connection(("127.0.0.1", self.target))
        threading.Thread(target=self.copy, args=(client, server), daemon=True).start()
        while self.left > 0 and (data := server.recv(1024)):
            self.left -= len(data)
            client.sendall(data)
        client.shutdown(socket.SHUT_RDWR)
        server.shutdown(socket.SHUT_RDWR)

    def copy(self, source, target):
        try:
            while data := source.recv(1024):
                target.sendall(data)
        except OSError:
            pass


class WithoutPreload(unittest.TestCase):
    """The extension is there, and the server was started without it."""

    def test_it_is_told(self):
        with Server(VERSION, preload=False) as server, tempfile.TemporaryDirectory() as folder:
            server.execute("postgres", "CREATE EXTENSION pg_stat_statements")
            missing = capture(Path(folder), server.url("postgres"))["missing"]
            self.assertIn("shared_preload_libraries", missing[0]["sql"])


def openssl(*arguments) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


@unittest.skipUnless(shutil.which("openssl"), "makes its certificates with openssl")
class Encrypted(unittest.TestCase):
    """A server with a certificate for localhost, and a role that is known by a certificate."""

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        named = ["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"]
        cls.certificate = cls.self_signed("server", "localhost", *named)
        cls.authority = cls.self_signed("authority", "an authority")
        cls.own = cls.folder / "client.crt"
        cls.key = cls.folder / "client.key"
        request = cls.folder / "client.csr"
        openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", cls.key, "-out", request, "-subj", "/CN=certified")
        signed_by = ["-CA", cls.authority, "-CAkey", cls.folder / "authority.key", "-CAcreateserial"]
        openssl("x509", "-req", "-in", request, "-days", "2", *signed_by, "-out", cls.own)
        cls.key.chmod(0o600)
        cls.server = Server(VERSION, settings="ssl = on")
        cls.server.certificate = (cls.folder / "server.key", cls.certificate)
        cls.server.authority = cls.authority
        cls.enterClassContext(cls.server)
        cls.server.execute("postgres", "CREATE ROLE certified LOGIN")

    @classmethod
    def self_signed(cls, name, subject, *options) -> Path:
        key, certificate = cls.folder / f"{name}.key", cls.folder / f"{name}.crt"
        made = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", certificate]
        openssl("req", *made, "-subj", f"/CN={subject}", *options)
        return certificate

    def refused(self, url, *words, **options):
        told = " ".join(quell(self.folder, "profile", url, code=2, **options).stderr.split())
        for word in words:
            self.assertIn(word, told)

    def test_each_mode_asks_as_much_as_it_says(self):
        for mode in ("prefer", "require"):
            capture(self.folder, f"{self.server.url('postgres')}?sslmode={mode}")
        trusted = f"sslmode=verify-full&sslrootcert={self.certificate}"
        by_name = self.server.url("postgres").replace("127.0.0.1", "localhost")
        capture(self.folder, f"{by_name}?{trusted}")
        capture(self.folder, f"{self.server.url('postgres')}?{trusted.replace('full', 'ca')}")
        self.refused(f"{self.server.url('postgres')}?{trusted}", "no encrypted connection")
        self.refused(f"{by_name}?sslmode=verify-full&sslrootcert=system", "no encrypted connection")
        self.refused(f"{by_name}?sslmode=verify-ca&sslrootcert={self.authority}", "no encrypted connection")

    def test_a_certificate_of_the_client_stands_for_a_password(self):
        url = f"postgresql://certified@127.0.0.1:{self.server.port}/postgres?sslmode=require"
        capture(self.folder, f"{url}&sslcert={self.own}&sslkey={self.key}")
        capture(self.folder, url, environment={"PGSSLCERT": str(self.own), "PGSSLKEY": str(self.key)})
        home = self.folder / "home/.postgresql"
        home.mkdir(parents=True)
        shutil.copy(self.own, home / "postgresql.crt")
        shutil.copy(self.key, home / "postgresql.key")
        (home / "postgresql.key").chmod(0o600)
        capture(self.folder, url, environment={"HOME": str(home.parent)})
        self.refused(url, "as certified does not let quell in", "certificate", environment={"HOME": "/none"})

    def test_what_is_wrong_with_a_certificate_is_told(self):
        url = f"postgresql://certified@127.0.0.1:{self.server.port}/postgres?sslmode=require"
        self.refused(f"{url}&sslcert=/no/such.crt&sslkey={self.key}", "the certificate `/no/such.crt` can't be read")
        open_to_all = self.folder / "open.key"
        shutil.copy(self.key, open_to_all)
        open_to_all.chmod(0o644)
        self.refused(f"{url}&sslcert={self.own}&sslkey={open_to_all}", "`chmod 600` it")
        self.refused(f"{url}&sslcert={self.certificate}&sslkey={self.key}", "is no certificate of the key")


if __name__ == "__main__":
    unittest.main()
