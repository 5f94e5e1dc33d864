"""Running quell over the corpus, and what its JSON document says."""

import json
import os
import pathlib
import subprocess
import tempfile
import time
from typing import NamedTuple

from packages import HERE, Package

QUELL = HERE.parent / "target" / "release" / "quell"


class Run(NamedTuple):
    """One run of a program, measured."""

    status: int
    output: str
    errors: str
    seconds: float
    cpu_seconds: float
    megabytes: float


def measured(command: list[str | pathlib.Path], folder: pathlib.Path) -> Run:
    """Run a command in a folder; time is of the whole process tree, memory its peak (resident)."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        started = time.perf_counter()
        child = subprocess.Popen(command, cwd=folder, stdout=output, stderr=errors)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        errors.seek(0)
        cpu = usage.ru_utime + usage.ru_stime
        return Run(child.returncode, output.read(), errors.read(), seconds, cpu, usage.ru_maxrss / 1024)


def check(quell: pathlib.Path, package: Package) -> tuple[Run, dict | None]:
    """Let quell read a package; the document is missing when quell did not do its work."""
    run = measured([quell.resolve(), "check", ".", "--format", "json", "--timings", "--no-cache"], package.folder)
    try:
        return run, json.loads(run.output) if run.status in (0, 1) else None
    except ValueError:
        return run, None
