"""Makes a program that disagrees as small as it may be: drops statements while the disagreement stays."""

import ast
import shutil
from pathlib import Path

from comparing import Verdict, compare

ROUNDS = 14


def shrink(orm: str, verdict: Verdict, quell: Path) -> Verdict:
    """The verdict about a smaller program with a disagreement of the same direction."""
    smallest = verdict
    base = verdict.folder.parent / f"{verdict.folder.name}-smaller"
    for turn in range(ROUNDS):
        folders = _candidates(smallest.folder, base / str(turn))
        if not folders:
            break
        alike = [each for each in compare(orm, folders, quell) if _same(verdict, each)]
        if not alike:
            break
        smallest = min(alike, key=lambda each: _size(each.folder))
    return smallest


def _same(one: Verdict, other: Verdict) -> bool:
    """Whether both disagree in the same direction."""
    if one.missed:
        return bool(other.missed)
    return {rule.split()[0] for rules in one.false.values() for rule in rules} & {rule.split()[0] for rules in other.false.values() for rule in rules} != set()


def _size(folder: Path) -> int:
    return sum(len(path.read_text()) for path in (folder / "app").glob("*.py"))


def _candidates(folder: Path, base: Path) -> list[Path]:
    """Copies of the program with one statement less each."""
    made = []
    for path in sorted((folder / "app").glob("*.py")):
        if path.name in ("__init__.py", "settings.py"):
            continue
        tree = ast.parse(path.read_text())
        for index in range(sum(1 for _ in _blocks(tree))):
            smaller = ast.parse(path.read_text())
            for number, (block, place, how) in enumerate(_blocks(smaller)):
                if number == index:
                    statement = block[place]
                    block[place : place + 1] = statement.body if how == "body" else []
                    if not block:
                        block.append(ast.Pass())
                    break
            copy = base / f"{len(made):04}"
            shutil.copytree(folder, copy)
            (copy / "app" / path.name).write_text(ast.unparse(smaller) + "\n")
            made.append(copy)
    return made


def _blocks(tree: ast.AST):
    """Every statement, as (its block, its place, whether it goes with its body or leaves it behind)."""
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if not isinstance(block, list):
                continue
            for place, statement in enumerate(block):
                if isinstance(statement, ast.Pass) and len(block) == 1:
                    continue
                yield block, place, "all"
                if isinstance(statement, (ast.If, ast.With, ast.Try)):
                    yield block, place, "body"


def as_fixture(verdict: Verdict) -> str:
    """The program's files, with marks where it disagrees."""
    parts = []
    for path in sorted([*(verdict.folder / "app").glob("*.py"), verdict.folder / "drive.py"]):
        name = str(path.relative_to(verdict.folder))
        lines = path.read_text().splitlines()
        for (file, line), counts in verdict.missed.items():
            if file == name:
                lines[line - 1] += f"  # expect-missed[lazy-load-per-row] {counts}"
        for (file, line), rules in verdict.false.items():
            if file == name:
                lines[line - 1] += "".join(f"  # expect-wrong[{rule.split()[0]}] {rule.split()[1]}" for rule in sorted(set(rules)))
        if lines:
            parts.append("\n".join([f"# ---- {verdict.folder.name}: {name}", *lines]))
    return "\n".join(parts)
