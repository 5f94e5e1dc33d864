"""What the tests of this folder share: quell, git, and copies of the shop to work on."""

import contextlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
QUELL = Path(os.environ.get("QUELL", ROOT / "target" / "quick" / "quell")).resolve()
# Shells, editors and hooks look it up by its name.
assert QUELL.name == "quell", QUELL

# Whatever is set where the tests run, quell and git behave as they do for everyone.
LEFT_OUT = ("COLUMNS", "NO_COLOR", "PYTHONPATH")
ENVIRONMENT = {
    key: value for key, value in os.environ.items() if not key.startswith("GIT_") and key not in LEFT_OUT
} | {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "A. Uthor",
    "GIT_AUTHOR_EMAIL": "author@example.org",
    "GIT_COMMITTER_NAME": "A. Uthor",
    "GIT_COMMITTER_EMAIL": "author@example.org",
}


def run(*command: object, folder: Path, **options: object) -> subprocess.CompletedProcess[str]:
    """Runs a command in a folder; its output is kept as text."""
    words = [str(word) for word in command]
    options = {"env": ENVIRONMENT, "capture_output": True, "text": True} | options
    return subprocess.run(words, cwd=folder, **options)


def must(*command: object, folder: Path, **options: object) -> str:
    """Runs a command that has to succeed; what it prints."""
    done = run(*command, folder=folder, **options)
    assert done.returncode == 0, f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def quell(folder: Path, *arguments: object, status: int = 0, **options: object) -> subprocess.CompletedProcess[str]:
    """Runs quell, which has to end with the status."""
    done = run(QUELL, *arguments, folder=folder, **options)
    assert done.returncode == status, f"quell ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def findings(folder: Path, *arguments: object) -> list[dict]:
    """What `quell check` reports."""
    return document(folder, *arguments)["findings"]


def document(folder: Path, *arguments: object) -> dict:
    """The JSON document of `quell check`."""
    return json.loads(quell(folder, "check", "--format", "json", "--fail-on", "never", *arguments).stdout)


@contextlib.contextmanager
def shop() -> Iterator[Path]:
    """A copy of the shop in a repository of its own, with everything committed."""
    with tempfile.TemporaryDirectory(prefix="quell-") as made:
        folder = Path(made).resolve() / "shop"
        shutil.copytree(ROOT / "fixtures" / "shop", folder, ignore=shutil.ignore_patterns("__pycache__"))
        git(folder, "init", "--quiet", "--initial-branch", "main")
        commit(folder, "the shop")
        yield folder


def git(folder: Path, *arguments: object) -> str:
    """Runs git, which has to succeed; what it prints."""
    return must("git", *arguments, folder=folder)


def commit(folder: Path, message: str) -> None:
    """Commits everything."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)


def edit(file: Path, old: str, new: str) -> None:
    """Replaces a passage that is there exactly once."""
    text = file.read_text()
    assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in {file}"
    file.write_text(text.replace(old, new))


def append(file: Path, text: str) -> None:
    """Adds lines at the end of a file."""
    file.write_text(file.read_text() + text)
