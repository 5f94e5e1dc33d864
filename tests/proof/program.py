"""A generated program: the text of its files, and what it makes use of."""

from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path


@dataclass
class Program:
    """A small application, laid out as a fixture is: `app` is what quell sees, `drive.py` runs it."""

    name: str
    files: dict[str, str]
    uses: set[tuple[str, str]] = field(default_factory=set)  # ("api", "filter"), ("container", "dict"), ...

    def write(self, folder: Path) -> Path:
        """Write the files below `folder`; returns where."""
        home = folder / self.name
        for name, text in self.files.items():
            path = home / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        (home / "pyproject.toml").write_text("")  # quell takes each program for a project of its own
        return home

    def pairs(self) -> set[tuple]:
        """The pairs of uses of different kinds that meet in this program."""
        return {pair for pair in combinations(sorted(self.uses), 2) if pair[0][0] != pair[1][0]}
