"""Measures programs, asks quell about them, and says where the two differ.

A line is a statement, known by its first line; of a compound statement only the header counts. It grows when the
largest size sends more queries from it than the smallest. It is *missed* when it grows and no finding per row lies on
it, *false* when it ran and does not grow though a finding per row says that it fires there. A line that sends just one
more may owe that to a guard which another row passes first; that nobody speaks of it is no miss.
"""

import json
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "harness"))

from judging import is_per_row  # noqa: E402
from marks import Statements, python_files  # noqa: E402

SIZES = (3, 4, 5)
ENVIRONMENTS = {"django": "django52", "sqlalchemy": "sqlalchemy20"}
AT_ONCE = 60
WORKERS = 2
Line = tuple[str, int]


@dataclass
class Verdict:
    """How the measurement and quell's word about one program compare."""

    folder: Path
    error: str = ""
    missed: dict[Line, list[int]] = field(default_factory=dict)  # with the counts at each size
    false: dict[Line, list[str]] = field(default_factory=dict)  # with the rules
    growing: set[Line] = field(default_factory=set)
    found: dict[Line, list[str]] = field(default_factory=dict)

    @property
    def disagrees(self) -> bool:
        """Whether any line is missed or false."""
        return bool(self.missed or self.false)


def compare(orm: str, folders: list[Path], quell: Path) -> list[Verdict]:
    """A verdict for each of the programs."""
    batches = [folders[start : start + AT_ONCE] for start in range(0, len(folders), AT_ONCE)]
    with ThreadPoolExecutor(WORKERS) as pool:
        return [verdict for verdicts in pool.map(lambda batch: _compare_some(orm, batch, quell), batches) for verdict in verdicts]


def _compare_some(orm: str, folders: list[Path], quell: Path) -> list[Verdict]:
    measured = _measure(orm, folders)
    findings = _predict(folders, quell)
    return [_judge(folder, measured[folder], findings[folder]) for folder in folders]


def _measure(orm: str, folders: list[Path]) -> dict[Path, dict]:
    python = ROOT / ".venvs" / ENVIRONMENTS[orm] / "bin" / "python"
    command = [python, "-B", ROOT / "tests" / "harness" / "measure.py", orm, *map(str, SIZES)]
    lines = "".join(f"{folder}\n" for folder in folders)
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    answers = map(json.loads, done.stdout.splitlines())
    return {Path(answer["folder"]): answer["result"] for answer in answers}


def _predict(folders: list[Path], quell: Path) -> dict[Path, list[dict]]:
    """One run of quell for all: each program is a project of its own."""
    base = folders[0].parent
    paths = [f"{folder.relative_to(base)}/app" for folder in folders]
    for folder in folders:
        (folder / "quell.toml").write_text('exclude = ["drive.py"]\n')
    done = subprocess.run([quell, "check", *paths, "--format", "json", "--no-cache"], cwd=base, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"quell: exit {done.returncode}: {done.stderr}")
    found: dict[Path, list[dict]] = {folder: [] for folder in folders}
    for finding in json.loads(done.stdout)["findings"]:
        found[base / finding["file"].split("/")[0]].append(finding)
    return found


def _judge(folder: Path, measured: dict, findings: list[dict]) -> Verdict:
    if "error" in measured:
        return Verdict(folder, error=measured["error"])
    statements = {str(path.relative_to(folder)): Statements(path.read_text()) for path in python_files(folder / "app")}
    counts: dict[int, Counter[Line]] = {}
    ran = set()
    for size in SIZES:
        counts[size] = Counter()
        for file, line, count in measured[str(size)]["run"]["queries"]:
            if file:
                counts[size][file, statements[file].at(line)] += count
        ran |= {(file, statements[file].at(line)) for file, line in measured[str(size)]["run"]["executed"]}
    first, last = counts[SIZES[0]], counts[SIZES[-1]]
    growing = {line for line in {*first, *last} if last[line] > first[line]}
    spoken: dict[Line, list[str]] = {}
    for finding in findings:
        if not (finding["per_row"] and is_per_row(finding["rule"])):
            continue
        for place in [finding, *finding["also"]]:
            file = place["file"].partition("/")[2]
            lines = range(place["line"], (place.get("end_line") or place["line"]) + 1)
            for line in {statements[file].at(line) for line in lines}:
                spoken.setdefault((file, line), []).append(f"{finding['rule']} {finding.get('model')}.{finding.get('relation')}")
    clearly = {line for line in growing if last[line] > first[line] + 1}
    missed = {line: [counts[size][line] for size in SIZES] for line in sorted(clearly - set(spoken))}
    false = {line: spoken[line] for line in sorted((set(spoken) & ran) - growing)}
    return Verdict(folder, "", missed, false, growing, spoken)
