"""From a seed to a program."""

from random import Random

from alchemy_code import Alchemy
from compose import Composer
from django_code import Django
from program import Program
from schema import Schema

DIALECTS = {"django": Django, "sqlalchemy": Alchemy}
MODULES = ["services", "views", "reports", "exports", "tasks"]


def make(orm: str, seed: int, number: int) -> Program:
    """The program of this seed and number; always the same one."""
    random = Random(f"{orm} {seed} {number}")
    schema = Schema(random)
    dialect = DIALECTS[orm](random, schema)
    models = dialect.models()
    composer = Composer(random, schema, dialect)
    functions = [composer.function() for _ in range(random.choice([1, 1, 2]))]
    module = random.choice(MODULES)
    calls = []
    for function in functions:
        arguments = ", ".join(dialect.given)
        calls.append(f"{function.name}({arguments})")
        if function.flags:
            flags = ", ".join(f"{flag}=True" for flag in function.flags)
            calls.append(f"{function.name}({', '.join([*dialect.given, flags])})")
    files = {
        "app/__init__.py": "",
        "app/models.py": models,
        f"app/{module}.py": composer.module(functions),
        "drive.py": dialect.drive(module, calls),
    }
    if orm == "django":
        files["app/settings.py"] = 'INSTALLED_APPS = ["django.contrib.contenttypes", "app"]\n'
    return Program(f"p{number:05}", files, composer.uses | dialect.uses)
