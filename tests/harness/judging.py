"""Compares a fixture's marks with what was measured. The rules:

- the statement of a mark of a per-row rule ran, and its number of queries grows with the rows;
- a statement without such a mark does not grow (an `expect-wrong` is such a statement);
- the statement of a mark of another rule about queries sends at least one;
- what `run_after` drives, the mended version, sends the same number of queries at every size, and no more of them than
  the version with the marks.
"""

from collections import Counter
from pathlib import Path

from marks import Statements, python_files, read_marks, read_template_marks, templates

SIZES = (3, 5, 7)

# Rules about growth whose names don't say so.
GROWING = {"prefetch-defeated", "foreign-key-id-via-row", "join-not-eager", "data-migration-under-lock"}

# Rules about what sends no query itself: the flush that follows does, or it raises instead.
SENDING_NOTHING = {"session-add-per-row", "lazy-load-in-async"}

# Rules about how a statement, a transaction or an engine is built, whose marks may stand where nothing is sent, or where it
# is refused.
SAYING_NOTHING_OF_QUERIES = {
    "async-expire-on-commit",
    "constraint-checks-locked-table",
    "counts-that-multiply",
    "engine-per-call",
    "foreign-key-without-index",
    "function-on-indexed-column",
    "index-blocks-writes",
    "joinedload-collection-without-unique",
    "only-without-select-related-field",
    "prefetch-iterator-without-chunk-size",
    "property-asks-again",
    "property-in-query",
    "random-order",
    "read-modify-write",
    "redundant-index",
    "relationship-that-loads-nothing",
    "select-related-of-set",
    "session-not-closed",
    "shared-session-in-gather",
    "sql-built-from-values",
    "subqueryload-limit-unordered",
    "transaction-around-network-call",
    "type-change-rewrites-table",
    "two-joined-collections",
}

# Rules whose marks may stand at a declaration, which has run when the module was imported.
AT_DECLARATIONS = {
    "async-expire-on-commit",
    "constraint-checks-locked-table",
    "foreign-key-without-index",
    "index-blocks-writes",
    "redundant-index",
    "relationship-that-loads-nothing",
    "two-joined-collections",
    "type-change-rewrites-table",
}

Place = tuple[str, int]


def is_per_row(rule: str) -> bool:
    """Whether a finding of the rule claims that queries grow with the rows."""
    return rule in GROWING or (rule.endswith("-per-row") and rule not in SENDING_NOTHING)


def is_about_queries(rule: str) -> bool:
    """Whether a finding of the rule points at an expression that sends a query."""
    return rule not in SENDING_NOTHING | SAYING_NOTHING_OF_QUERIES


def judge(fixture: Path, measured: dict[str, dict]) -> list[str]:
    """What is wrong with the fixture, in words; empty when marks and measurement agree."""
    statements, marks = {}, {}
    for path in python_files(fixture / "app"):
        name, source = str(path.relative_to(fixture)), path.read_text()
        statements[name] = Statements(source)
        marks |= {(name, mark): statements[name].at(mark.line) for mark in read_marks(source)}
    for path in templates(fixture / "app"):
        name = str(path.relative_to(fixture))
        statements[name] = Statements("")
        marks |= {(name, mark): mark.line for mark in read_template_marks(path.read_text())}

    def counts(entry_point: str, size: int) -> Counter[Place]:
        total: Counter[Place] = Counter()
        for file, line, count in measured[str(size)][entry_point]["queries"]:
            total[file, statements[file].at(line) if file else 0] += count
        return total

    runs = {size: counts("run", size) for size in SIZES}
    growing = {place for size in SIZES for place in runs[size] if runs[3][place] != runs[7][place]}
    ran = {(file, statements[file].at(line)) for file, line in measured["7"]["run"]["executed"]}
    expected = {(name, line) for (name, mark), line in marks.items() if mark.fires and is_per_row(mark.rule)}

    sending = {place for size in SIZES for place, count in runs[size].items() if count}

    problems = []
    for (name, mark), line in marks.items():
        if mark.fires and is_about_queries(mark.rule) and (name, line) in ran and (name, line) not in sending:
            problems.append(f"{name}:{mark.line}: marked {mark.kind}[{mark.rule}], but sends nothing")
    for (name, mark), line in marks.items():
        if (name, line) not in ran and mark.rule not in AT_DECLARATIONS:
            problems.append(f"{name}:{mark.line}: marked {mark.kind}[{mark.rule}], but never ran")
    for place in sorted((expected & ran) - growing):
        problems.append(f"{place[0]}:{place[1]}: marked, but does not grow: {_series(runs, place)}")
    for place in sorted(growing - expected):
        problems.append(f"{place[0] or 'outside app'}:{place[1]}: grows without a mark: {_series(runs, place)}")
    for place in sorted(growing):
        if not runs[3][place] < runs[5][place] < runs[7][place]:
            problems.append(f"{place[0]}:{place[1]}: does not grow steadily: {_series(runs, place)}")
    if "run_after" in measured["3"]:
        after = {size: counts("run_after", size) for size in SIZES}
        places = sorted({place for size in SIZES for place in after[size]})
        grown = [place for place in places if len({after[size][place] for size in SIZES}) > 1]
        for place in grown:
            problems.append(f"{place[0]}:{place[1]}: the mended version grows: {_series(after, place)}")
        if not grown and sum(after[7].values()) > sum(runs[7].values()):
            problems.append("the mended version sends more queries")
    return problems


def _series(runs: dict[int, Counter[Place]], place: Place) -> str:
    """`3 rows: 4 queries, 7 rows: 8 queries`"""
    return ", ".join(f"{size} rows: {runs[size][place]} queries" for size in SIZES)
