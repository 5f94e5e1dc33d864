#!/usr/bin/env python3
"""Prints, as JSON, the statements that each fixture sent when it was measured last: `{fixture: [[file, line, sql], …]}`.

Nothing is run: what `run.py` has not measured, or no longer as it stands, is left out. The line is that of the
statement's innermost frame inside `app`.
"""

import json
import sys

from run import CACHE, ROOT, content_hash, environments, fixtures


def main() -> None:
    """One environment for each fixture: the one whose version quell assumes where nothing names one."""
    known = {}
    for environment in sorted(environments(None), key=lambda one: one.version):
        for fixture in fixtures([]):
            if not environment.suits(fixture) or str(fixture.relative_to(ROOT)) in known:
                continue
            kept = CACHE / environment.name / f"{content_hash(fixture, environment)}.json"
            if kept.exists():
                measured = json.loads(kept.read_text())
                smallest = measured[min(measured, key=int)]["run"]
                known[str(fixture.relative_to(ROOT))] = smallest.get("statements", [])
    json.dump(known, sys.stdout)


if __name__ == "__main__":
    main()
