#!/usr/bin/env python3
"""Generates programs, runs them under the real ORM, and compares what grows with what quell says.

    python3 tests/proof/run.py --orm django --programs 300 --seed 7
    python3 tests/proof/run.py --orm sqlalchemy --programs 300            a fresh seed, which is printed
    python3 tests/proof/run.py --orm django --seed 7 --only 123 --show    one program of that run

Where more disagree than are allowed, they are shrunk and printed as fixtures; `--keep DIR` keeps the programs that disagree.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from comparing import ROOT, Verdict, compare
from making import DIALECTS, make_all, possible_pairs
from program import Program
from shrinking import as_fixture, shrink


def coverage(orm: str, programs: list[Program]) -> float:
    """The share of pairs of API, container and control flow that met in a program."""
    possible = possible_pairs(orm)
    return len(possible & set().union(*(program.pairs() for program in programs))) / len(possible)


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description="compare quell with the real ORM on generated programs")
    parser.add_argument("--orm", choices=sorted(DIALECTS), required=True)
    parser.add_argument("--programs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--only", type=int, help="only the program of this number")
    parser.add_argument("--show", action="store_true", help="print the programs")
    parser.add_argument("--keep", type=Path, help="keep programs that disagree in this folder")
    parser.add_argument("--shrink", type=int, default=5, help="how many disagreements are shrunk")
    parser.add_argument("--allow", type=float, default=0.0, help="the share of programs that may disagree, in percent")
    parser.add_argument("--quell", type=Path, default=None)
    return parser.parse_args()


def newest_quell() -> Path:
    """The build made last."""
    built = [path for path in (ROOT / "target").glob("*/quell") if path.is_file()]
    if not built:
        sys.exit("quell is not built: cargo build")
    return max(built, key=lambda path: path.stat().st_mtime)


def describe(verdict: Verdict) -> list[str]:
    """The disagreements, a line each."""
    name = verdict.folder.name
    lines = [f"{name} missed {file}:{line} {counts}: {source(verdict, file, line)}" for (file, line), counts in verdict.missed.items()]
    lines += [f"{name} false  {file}:{line} {', '.join(sorted(set(rules)))}: {source(verdict, file, line)}" for (file, line), rules in verdict.false.items()]
    return lines


def source(verdict: Verdict, file: str, line: int) -> str:
    """The text of a line."""
    return (verdict.folder / file).read_text().splitlines()[line - 1].strip()


def main() -> int:
    """Run; 1 when more programs disagree than are allowed to."""
    asked = arguments()
    seed = asked.seed if asked.seed is not None else time.time_ns() % 1_000_000
    quell = (asked.quell or newest_quell()).resolve()
    programs = make_all(asked.orm, seed, asked.programs if asked.only is None else asked.only + 1)
    if asked.only is not None:
        programs = programs[asked.only :]
    if asked.show:
        for program in programs:
            for name, text in program.files.items():
                print(f"## {name}\n{text}")
    with tempfile.TemporaryDirectory(prefix="proof") as folder:
        folders = [program.write(Path(folder)) for program in programs]
        verdicts = compare(asked.orm, folders, quell)
        wrong = [verdict for verdict in verdicts if verdict.disagrees]
        broken = [verdict for verdict in verdicts if verdict.error]
        for verdict in wrong:
            print("\n".join(describe(verdict)))
            if asked.keep:
                shutil.copytree(verdict.folder, asked.keep / verdict.folder.name, dirs_exist_ok=True)
        ran = len(programs) - len(broken)
        share = 100 * len(wrong) / max(ran, 1)
        # To shrink takes longer than all the rest, so what is allowed stays as it is.
        for verdict in wrong[: asked.shrink] if share > asked.allow else []:
            print(as_fixture(shrink(asked.orm, verdict, quell)))
        errors = Counter(verdict.error.strip().splitlines()[-1] for verdict in broken)
    print(f"{asked.orm}, seed {seed}: {ran} programs ran, {len(broken)} could not")
    for error, count in errors.most_common(8 if broken else 0):
        print(f"    {count} × {error[:150]}")
    growing, spoken = sum(len(v.growing) for v in verdicts), sum(len(v.found) for v in verdicts)
    missed, false = sum(len(v.missed) for v in verdicts), sum(len(v.false) for v in verdicts)
    print(f"{growing} lines grow, {missed} of them missed; quell names {spoken}, {false} of them false")
    print(f"{len(wrong)} programs disagree = {share:.2f} %")
    print(f"pairs of API, container and control flow met: {100 * coverage(asked.orm, programs):.1f} %")
    return int(share > asked.allow)


if __name__ == "__main__":
    sys.exit(main())
