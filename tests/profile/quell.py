"""The program under test. `QUELL` names it; without it, that of target/quick."""

import json
import os
import subprocess
from pathlib import Path

from servers import ENCODED, PASSWORD

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("QUELL", ROOT / "target/quick/quell")).resolve()


def quell(folder: Path, *arguments, code: int | None = 0, environment: dict | None = None) -> subprocess.CompletedProcess:
    """Runs it in a folder; whatever it says, no password may be in it."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    done = subprocess.run(
        [PROGRAM, *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        env={**inherited, "COLUMNS": "80", **(environment or {})},
    )
    for secret in (PASSWORD, ENCODED, "pa55", "hunter2"):
        assert secret not in done.stdout + done.stderr, f"a password is shown: {done.stdout}{done.stderr}"
    if code is not None and done.returncode != code:
        raise AssertionError(f"{arguments} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done


def capture(folder: Path, url: str, name: str = "profile.json", code: int = 0, **options) -> dict:
    """Takes a profile and reads it."""
    quell(folder, "profile", url, "-o", name, code=code, **options)
    text = (folder / name).read_text()
    for secret in ("pa55", ENCODED):
        assert secret not in text
    return json.loads(text)


def findings(folder: Path, profile: str | None) -> list[dict]:
    """The findings of the folder, with a profile where one is named."""
    named = ["--profile", profile] if profile else []
    done = quell(folder, "check", ".", *named, "--format", "json", "--no-cache", "--fail-on", "never")
    return json.loads(done.stdout)["findings"]
