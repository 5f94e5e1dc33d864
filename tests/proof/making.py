"""From a seed to programs."""

from itertools import combinations
from random import Random

from alchemy_code import Alchemy
from compose import CONTAINERS, FLOWS, Composer
from dialect import STARTS
from django_code import Django
from program import Program
from schema import Schema

DIALECTS = {"django": Django, "sqlalchemy": Alchemy}
MODULES = ["services", "views", "reports", "exports", "tasks"]


DRAWS = 8


def possible_pairs(orm: str) -> set[tuple]:
    """The pairs of API, container and control flow that may meet in a program."""
    uses = [[("api", name) for name in DIALECTS[orm].API], [("container", name) for name in CONTAINERS], [("flow", name) for name in FLOWS]]
    return {tuple(sorted((a, b))) for one, other in combinations(uses, 2) for a in one for b in other}


def make_all(orm: str, seed: int, count: int) -> list[Program]:
    """The programs of this seed. Of several draws each is the one that adds most pairs, for its size, to those before."""
    unmet, programs = possible_pairs(orm), []
    for number in range(count):
        draws = [make(orm, seed, number, draw) for draw in range(DRAWS)]
        programs.append(max(draws, key=lambda program: len(program.pairs() & unmet) / len(program.uses)))
        unmet -= programs[-1].pairs()
    return programs


def make(orm: str, seed: int, number: int, draw: int = 0) -> Program:
    """The program of this seed, number and draw; always the same one."""
    random = Random(f"{orm} {seed} {number} {draw}")
    schema = Schema(random)
    dialect = DIALECTS[orm](random, schema)
    models = dialect.models()
    composer = Composer(random, schema, dialect)
    functions = [composer.function() for _ in range(random.choice([1, 1, 2]))]
    module = random.choice(MODULES)
    calls = []
    for function in functions:
        for start in range(STARTS) if function.parameters else [None]:
            given = [*dialect.given, *([str(start)] if function.parameters else [])]
            calls.append(f"{function.name}({', '.join(given)})")
            if function.flags:
                calls.append(f"{function.name}({', '.join([*given, *(f'{flag}=True' for flag in function.flags)])})")
    files = {
        "app/__init__.py": "",
        "app/models.py": models,
        f"app/{module}.py": composer.module(functions),
        "drive.py": dialect.drive(module, calls),
    }
    if orm == "django":
        files["app/settings.py"] = 'INSTALLED_APPS = ["django.contrib.contenttypes", "app"]\n'
    return Program(f"p{number:05}", files, composer.uses | dialect.uses)
