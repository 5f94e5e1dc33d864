#!/usr/bin/env python3
"""Applies the edits that quell offers to copies of the fixtures and runs those under the real ORM.

    python tests/harness/edits.py                          every fixture for which quell has edits
    python tests/harness/edits.py serializer               fixtures whose path contains "serializer"
    python tests/harness/edits.py --quell target/quick/quell

The line of a finding that has edits must run, and send the same number of queries at every size. Where all findings of
a fixture have edits, the whole fixture must.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from judging import SIZES
from marks import Statements, python_files, read_marks
from run import CACHE, ROOT, Environment, environments, fixtures, measure

COPIES = CACHE / "edited"


def findings_of(quell: Path, fixture: Path) -> list[dict]:
    """What quell finds in a fixture."""
    command = [quell, "check", "app", "--format", "json"]
    done = subprocess.run(command, cwd=fixture, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr.strip())
    return json.loads(done.stdout)["findings"]


def edits_of(findings: list[dict]) -> dict[str, list[dict]]:
    """All edits by file, each once, the last one first."""
    unique = {json.dumps(edit, sort_keys=True): edit for finding in findings for edit in finding["edits"]}
    by_file: dict[str, list[dict]] = {}
    for edit in sorted(unique.values(), key=lambda edit: (edit["start"]["line"], edit["start"]["column"]), reverse=True):
        by_file.setdefault(edit["file"], []).append(edit)
    return by_file


def applied(source: str, edits: list[dict]) -> str:
    """The text with edits applied, which come in the order from the last to the first."""
    lines = source.splitlines(keepends=True)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines) + 1)]

    def offset(point: dict) -> int:
        return starts[point["line"] - 1] + point["column"] - 1

    for edit in edits:
        source = source[: offset(edit["start"])] + edit["text"] + source[offset(edit["end"]) :]
    return source


def moved(line: int, edits: list[dict]) -> int:
    """Where a line has come to be: what is inserted before it, or before its end, adds lines."""
    return line + sum(edit["text"].count("\n") for edit in edits if edit["start"]["line"] < line)


def edited_copy(fixture: Path, by_file: dict[str, list[dict]]) -> Path:
    """A copy of the fixture with the edits applied."""
    copy = COPIES / fixture.relative_to(ROOT / "fixtures")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(fixture, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for name, edits in by_file.items():
        path = copy / name
        path.write_text(applied(path.read_text(), edits))
    return copy


def places_of(finding: dict, by_file: dict[str, list[dict]]) -> set[tuple[str, int]]:
    """The lines at which a finding fires, once the edits are applied."""
    return {(spot["file"], moved(spot["line"], by_file.get(spot["file"], []))) for spot in [finding, *finding["also"]]}


def problems(fixture: Path, findings: list[dict], environment: Environment) -> list[str]:
    """What is wrong with the edits of a fixture."""
    by_file = edits_of(findings)
    copy = edited_copy(fixture, by_file)
    sources = {str(path.relative_to(copy)): path.read_text() for path in python_files(copy / "app")}
    measured = measure(copy, environment)
    statements = {name: Statements(source) for name, source in sources.items()}

    def counts(size: int) -> Counter:
        total: Counter = Counter()
        for file, line, count in measured[str(size)]["run"]["queries"]:
            total[file, statements[file].at(line) if file in statements else line] += count
        return total

    runs = {size: counts(size) for size in SIZES}
    left = set().union(*(places_of(finding, by_file) for finding in findings if not finding["edits"]), set())
    found = []
    for finding in (finding for finding in findings if finding["edits"]):
        for file, line in sorted(places_of(finding, by_file) - left):
            place = (file, statements[file].at(line) if file in statements else line)
            series = [runs[size][place] for size in SIZES]
            if len(set(series)) > 1:
                found.append(f"{file}:{line}: still grows after the edit of {finding['rule']}: {series}")
    is_whole = all(finding["edits"] for finding in findings)
    is_whole &= not any(mark.kind == "expect-missed" for source in sources.values() for mark in read_marks(source))
    totals = [sum(runs[size].values()) for size in SIZES]
    if is_whole and len(set(totals)) > 1:
        found.append(f"the edited fixture still grows: {totals}")
    return found


def check(case: tuple[Path, list[dict], Environment]) -> list[str]:
    """The problems of a case, failures of the run included."""
    try:
        return problems(*case)
    except (RuntimeError, SyntaxError) as problem:
        return [f"the edited fixture fails: {str(problem).splitlines()[-1]}"]


def main() -> int:
    """Check what the command line names; 1 when an edit did not mend, 2 when there was none."""
    parser = argparse.ArgumentParser(description="check that quell's edits mend what they claim to mend")
    parser.add_argument("words", nargs="*", help="only fixtures whose path contains each of these")
    parser.add_argument("--quell", type=Path, default=ROOT / "target" / "quick" / "quell")
    parser.add_argument("--environment", help="only this environment of .venvs, such as sqlalchemy20")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    chosen = parser.parse_args()

    quell = chosen.quell.resolve()
    found = {fixture: findings_of(quell, fixture) for fixture in fixtures(chosen.words)}
    fixable = {fixture: findings for fixture, findings in found.items() if any(one["edits"] for one in findings)}
    # One environment for each ORM is enough: the newest that suits.
    newest = sorted(environments(chosen.environment), key=lambda environment: environment.version, reverse=True)
    suiting = {fixture: next((one for one in newest if one.suits(fixture)), None) for fixture in fixable}
    cases = [(fixture, findings, suiting[fixture]) for fixture, findings in fixable.items() if suiting[fixture]]
    if not cases:
        print("nothing to check: no environment below .venvs, or no edits", file=sys.stderr)
        return 2
    failed = 0
    with ThreadPoolExecutor(chosen.jobs) as pool:
        for (fixture, _, environment), wrong in zip(cases, pool.map(check, cases)):
            failed += bool(wrong)
            for problem in wrong:
                print(f"{fixture.relative_to(ROOT)} ({environment.name}): {problem}")
    edited = sum(bool(one["edits"]) for findings in fixable.values() for one in findings)
    print(f"{edited} findings have edits; {len(cases) - failed} edited fixtures passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
