"""Makes a program that disagrees as small as it may be: drops statements while the disagreement stays."""

import ast
import shutil
from pathlib import Path

from comparing import Verdict, compare

ROUNDS = 4
Removal = tuple[str, int, str]  # file, number of the statement in it, whether its body stays


def shrink(orm: str, verdict: Verdict, quell: Path) -> Verdict:
    """The verdict about a smaller program with a disagreement of the same direction.

    Each round tries to do without each statement alone, then without as many of those as it takes.
    """
    smallest = verdict
    base = verdict.folder.parent / f"{verdict.folder.name}-smaller"
    for turn in range(ROUNDS):
        singles = [{removal} for removal in _removals(smallest.folder)]
        needless = [which for which, kept in _tried(orm, verdict, smallest.folder, singles, base / f"{turn}a", quell) if kept]
        if not needless:
            break
        lots = [set().union(*needless[start : start + size]) for size in _sizes(len(needless)) for start in range(0, len(needless), size)]
        tried = _tried(orm, verdict, smallest.folder, lots, base / f"{turn}b", quell)
        smallest = min((kept for _, kept in tried if kept), key=lambda each: _size(each.folder))
    return smallest


def _sizes(count: int) -> list[int]:
    """All of them, halves, quarters ... single ones."""
    sizes = []
    while count > 1:
        sizes.append(count)
        count = (count + 1) // 2
    return [*sizes, 1]


def _tried(orm: str, verdict: Verdict, folder: Path, choices: list[set[Removal]], base: Path, quell: Path):
    """Each choice of removals, with the verdict where the disagreement stays."""
    folders = [_without(folder, base / f"{number:04}", choice) for number, choice in enumerate(choices)]
    verdicts = compare(orm, folders, quell) if folders else []
    return [(choice, each if _same(verdict, each) else None) for choice, each in zip(choices, verdicts)]


def _same(one: Verdict, other: Verdict) -> bool:
    """Whether both disagree in the same direction."""
    if one.missed:
        return bool(other.missed)
    return {rule.split()[0] for rules in one.false.values() for rule in rules} & {rule.split()[0] for rules in other.false.values() for rule in rules} != set()


def _size(folder: Path) -> int:
    return sum(len(path.read_text()) for path in (folder / "app").glob("*.py"))


def _shrinkable(folder: Path) -> list[Path]:
    return [path for path in sorted((folder / "app").glob("*.py")) if path.name not in ("__init__.py", "settings.py")]


def _removals(folder: Path) -> list[Removal]:
    """Everything that could be left out."""
    return [(path.name, number, how) for path in _shrinkable(folder) for number, (_, _, how) in enumerate(_blocks(ast.parse(path.read_text())))]


def _without(folder: Path, copy: Path, removals: set[Removal]) -> Path:
    """A copy of the program that leaves these out."""
    shutil.copytree(folder, copy)
    for path in _shrinkable(copy):
        tree = ast.parse(path.read_text())
        chosen = [place for number, place in enumerate(_blocks(tree)) if any((path.name, number, how) in removals for how in ("all", "body"))]
        for block, statement, how in chosen:
            for place in [place for place, each in enumerate(block) if each is statement]:
                block[place : place + 1] = statement.body if how == "body" else []
            if not block:
                block.append(ast.Pass())
        path.write_text(ast.unparse(tree) + "\n")
    return copy


def _blocks(tree: ast.AST) -> list[tuple[list[ast.stmt], ast.stmt, str]]:
    """Every statement with its block; compound ones twice, to go with their body or to leave it behind."""
    found = []
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            for statement in block if isinstance(block, list) else []:
                if isinstance(statement, ast.Pass) and len(block) == 1:
                    continue
                found.append((block, statement, "all"))
                if isinstance(statement, (ast.If, ast.With, ast.Try)):
                    found.append((block, statement, "body"))
    return found


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
