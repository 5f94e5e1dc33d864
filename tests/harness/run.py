#!/usr/bin/env python3
"""Runs every fixture under the real ORM and checks that its marks tell the truth.

    python tests/harness/run.py                      every fixture, every environment below .venvs
    python tests/harness/run.py prefetch             fixtures whose path contains "prefetch"
    python tests/harness/run.py --environment django61

What was measured is kept below target/harness, by the content of the fixture and of this folder.
"""

import argparse
import hashlib
import json
import os
import queue
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from judging import SIZES, judge
from marks import python_files

ROOT = Path(__file__).resolve().parents[2]
HARNESS = Path(__file__).resolve().parent
CACHE = ROOT / "target" / "harness"
REQUIRES = re.compile(r"^# requires: (django|sqlalchemy)(?:>=(\d+)\.(\d+))?$", re.MULTILINE)
IMPORTS_SQLALCHEMY = re.compile(r"^\s*(?:import|from) sqlalchemy\b", re.MULTILINE)


def requirement(fixture: Path) -> tuple[str, tuple[int, int]]:
    """The ORM that a fixture is about, and its oldest version: as `# requires:` says, else by what `app` imports."""
    if needed := REQUIRES.search((fixture / "drive.py").read_text()):
        return needed[1], (int(needed[2] or 0), int(needed[3] or 0))
    imports = any(IMPORTS_SQLALCHEMY.search(path.read_text()) for path in python_files(fixture / "app"))
    return "sqlalchemy" if imports else "django", (0, 0)


class Environment:
    """A virtual environment with one version of an ORM; its name starts with the ORM's: `django52`."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self.orm = self.name.rstrip("0123456789")
        self.python = folder / "bin" / "python"
        question = f"import importlib.metadata, sys; print(importlib.metadata.version({self.orm!r}), sys.version)"
        self.identity = subprocess.run([self.python, "-c", question], capture_output=True, text=True, check=True).stdout
        self.version = tuple(map(int, re.findall(r"\d+", self.identity)[:2]))
        self.idle: queue.SimpleQueue[subprocess.Popen] = queue.SimpleQueue()

    def measured(self, fixture: Path) -> dict:
        """What a fixture does at every size, asked of a process of the environment that waits for such questions."""
        try:
            process = self.idle.get_nowait()
        except queue.Empty:
            command = [self.python, HARNESS / "measure.py", self.orm, *map(str, SIZES)]
            quiet = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=quiet)
        print(fixture, file=process.stdin, flush=True)
        answer = process.stdout.readline()
        if not answer:
            raise RuntimeError(f"measure.py ended with {process.wait()}")
        self.idle.put(process)
        return json.loads(answer)["result"]

    def suits(self, fixture: Path) -> bool:
        """Whether the fixture is about this ORM, and its `# requires:` line allows this version."""
        orm, oldest = requirement(fixture)
        return self.orm == orm and self.version >= oldest


def environments(only: str | None) -> list[Environment]:
    """The environments below .venvs that have an ORM; those named `django42-postgres` are for tests of the profile."""
    names = [only] if only else ["django*[0-9]", "sqlalchemy*[0-9]"]
    folders = sorted(folder for name in names for folder in (ROOT / ".venvs").glob(name))
    return [Environment(folder) for folder in folders if (folder / "bin" / "python").exists()]


def fixtures(words: list[str]) -> list[Path]:
    """The fixture folders whose path contains each of the words."""
    folders = sorted(drive.parent for drive in (ROOT / "fixtures").glob("*/*/drive.py"))
    return [folder for folder in folders if all(word in str(folder.relative_to(ROOT)) for word in words)]


def content_hash(fixture: Path, environment: Environment) -> str:
    """Changes when the fixture, the way of measuring, or the versions change."""
    modules = ("measure", f"under_{environment.orm}", "seeding", "alchemy")
    files = [*fixture.rglob("*"), *(HARNESS / f"{module}.py" for module in modules)]
    digest = hashlib.sha256(environment.identity.encode())
    for path in sorted(file for file in files if file.is_file() and "__pycache__" not in file.parts):
        digest.update(f"\0{path.name}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def measure(fixture: Path, environment: Environment) -> dict[str, dict]:
    """The fixture's queries by line at every size, from the cache when nothing changed."""
    kept = CACHE / environment.name / f"{content_hash(fixture, environment)}.json"
    if not kept.exists():
        measured = environment.measured(fixture)
        if "error" in measured:
            raise RuntimeError(measured["error"].strip())
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(measured))
    return json.loads(kept.read_text())


def check(case: tuple[Path, Environment]) -> list[str]:
    """What is wrong with a fixture in an environment."""
    fixture, environment = case
    try:
        return judge(fixture, measure(fixture, environment))
    except (RuntimeError, SyntaxError) as problem:
        return [str(problem)]


def main() -> int:
    """Check what the command line names; 1 when anything failed, 2 when there was nothing to check."""
    parser = argparse.ArgumentParser(description="check that the fixtures' marks tell the truth under the real ORM")
    parser.add_argument("words", nargs="*", help="only fixtures whose path contains each of these")
    parser.add_argument("--environment", help="only this environment of .venvs, such as sqlalchemy20")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    chosen = parser.parse_args()

    suitable = environments(chosen.environment)
    cases = [(fixture, env) for env in suitable for fixture in fixtures(chosen.words) if env.suits(fixture)]
    if not cases:
        print("nothing to check: no environment below .venvs (./test makes them) or no such fixture", file=sys.stderr)
        return 2
    failed = 0
    with ThreadPoolExecutor(chosen.jobs) as pool:
        for (fixture, environment), problems in zip(cases, pool.map(check, cases)):
            failed += bool(problems)
            for problem in problems:
                print(f"{fixture.relative_to(ROOT)} ({environment.name}): {problem}")
    print(f"{len(cases) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
