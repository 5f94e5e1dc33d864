"""Reads a fixture's marks and statements.

A mark is a comment: `# expect[rule] "Model.relation"`, `# expect-missed[rule] why`, `# expect-wrong[rule] why`. It
stands at the end of the line it means, or alone on the line above; several share a comment, separated by `;`. In a
template it stands in a comment of the template's, at the end of the line.
"""

import ast
import io
import re
import tokenize
from pathlib import Path
from typing import NamedTuple

MARK = re.compile(r"\b(expect(?:-missed|-wrong)?)\[([a-z0-9-]+)\]")


class Mark(NamedTuple):
    """What quell is expected to say, or known to get wrong, about a line."""

    kind: str
    rule: str
    line: int

    @property
    def fires(self) -> bool:
        """Whether the line fires for the rule in truth, whatever quell says."""
        return self.kind != "expect-wrong"


class Statements:
    """The statements of one file, each known by its first line; of a compound statement only the header counts."""

    def __init__(self, source: str) -> None:
        self._first_line: dict[int, int] = {}
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, (ast.stmt, ast.ExceptHandler, ast.match_case)):
                self._add(node)

    def _add(self, node: ast.AST) -> None:
        first = node.pattern.lineno if isinstance(node, ast.match_case) else node.lineno
        body = getattr(node, "body", None)
        last = max(first, body[0].lineno - 1) if isinstance(body, list) else node.end_lineno
        for line in range(first, last + 1):
            self._first_line[line] = max(first, self._first_line.get(line, 0))

    def at(self, line: int) -> int:
        """The first line of the statement on `line`."""
        return self._first_line.get(line, line)


def read_marks(source: str) -> list[Mark]:
    """All marks of a file, with the line each one means."""
    lines = source.splitlines()
    marks = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        line = token.start[0]
        if lines[line - 1].lstrip().startswith("#"):
            line = _next_code_line(lines, line)
        marks += [Mark(kind, rule, line) for kind, rule in MARK.findall(token.string)]
    return marks


def read_template_marks(source: str) -> list[Mark]:
    """All marks of a template."""
    lines = enumerate(source.splitlines(), start=1)
    return [Mark(kind, rule, number) for number, text in lines for kind, rule in MARK.findall(text)]


def _next_code_line(lines: list[str], line: int) -> int:
    """The first line after `line` that is neither empty nor a comment."""
    for number, text in enumerate(lines[line:], start=line + 1):
        if text.strip() and not text.lstrip().startswith("#"):
            return number
    return line


def python_files(app: Path) -> list[Path]:
    """The Python files of a fixture's application."""
    return sorted(app.rglob("*.py"))


def templates(app: Path) -> list[Path]:
    """The templates of a fixture's application."""
    return sorted(app.rglob("*.html"))
