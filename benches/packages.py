"""The pinned applications of `corpus.toml`: what `corpus` fetches and the other scripts read."""

import pathlib
import sys
import tomllib
from typing import NamedTuple

HERE = pathlib.Path(__file__).resolve().parent
STORE = HERE / ".corpus"


class Package(NamedTuple):
    """One pinned application."""

    name: str
    version: str
    orm: str
    sha256: str

    @property
    def folder(self) -> pathlib.Path:
        """Where it is unpacked."""
        return STORE / f"{self.name}-{self.version}"


def packages(orm: str | None = None, names: list[str] | None = None) -> list[Package]:
    """The packages of `corpus.toml`, in its order; an unknown name ends the program."""
    with open(HERE / "corpus.toml", "rb") as file:
        known = [Package(**entry) for entry in tomllib.load(file)["package"]]
    if unknown := set(names or []) - {package.name for package in known}:
        sys.exit(f"not in corpus.toml: {', '.join(sorted(unknown))}")
    return [p for p in known if (not orm or p.orm == orm) and (not names or p.name in names)]
