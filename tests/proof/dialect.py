"""What the dialects share: the choices that have nothing to do with how an ORM is written."""

from random import Random

from schema import Hop, Model, Schema


# A function about one row is called with so many of the first, so that a guard on the row goes both ways.
STARTS = 3


class Dialect:
    """The base of a dialect; `API` names all that a program may make use of."""

    API: tuple[str, ...]

    def __init__(self, random: Random, schema: Schema) -> None:
        self.random, self.schema = random, schema
        self.uses: set[tuple[str, str]] = set()

    def draw_favourites(self) -> None:
        """What this program's queries load early and what it reads are drawn from the same few relations."""
        models = self.schema.models
        self.favourites = {model: self.random.sample(model.hops, min(2, len(model.hops))) for model in models}

    def use(self, *names: str) -> None:
        """Note what the program makes use of."""
        for name in names:
            assert name in self.API, name
            self.uses.add(("api", name))

    def chance(self, share: float) -> bool:
        """True for this share of the calls."""
        return self.random.random() < share

    def favour(self, hops: list[Hop]) -> Hop:
        """One of the hops, most often one that this program is about."""
        liked = [hop for hop in hops if any(hop in few for few in self.favourites.values())]
        return self.random.choice(liked if liked and self.chance(0.75) else hops)

    def of_model(self, row: str, model: Model) -> str:
        """A property or method of the row's model."""
        name, kind = self.random.choice(list(model.methods.items()))
        self.use("model-property" if kind == "property" else "model-method")
        return f"{row}.{name}" if kind == "property" else f"{row}.{name}()"

    def backwards(self, model: Model) -> list[str]:
        """What a query says that gives the last row first."""
        return []

    def hops_to_read(self, model: Model) -> list[Hop]:
        """Most often the relations that this program is about."""
        return self.favourites[model] if self.chance(0.7) and self.favourites[model] else model.hops

    # The rows that a run starts from: `n` parents that share their children's queries, and for each way in which a row
    # may be picked (its flag, its number) some parents with one child only, else the first reader of a parent would
    # always hide the second. The text counts downwards, so that the first row is the first in any order.

    LONELY = "10 * (n - 2)"

    def shared(self, model: Model) -> str:
        """How many rows share their parents with others."""
        base = model.base or model
        one = any(relation.kind == "one" for relation in base.relations if relation.target is not base)
        return "n" if one or model.base or not base.relations else "n * n"

    def count(self, model: Model) -> str:
        """How many rows there are."""
        return f"{self.shared(model)} + {self.LONELY}"

    def own(self, model: Model, across: bool = False, alone: bool = False) -> str:
        """Which parent the row of number `i` has; a second relation leads elsewhere, and of some a parent has but one."""
        shared = self.shared(model)
        if shared == "n":
            return "i" if alone else "0 if i < n else i"
        return f"i {'// n ' if across else ''}% n if i < {shared} else n + i - {shared}"

    def first(self, model: Model) -> str:
        """The rows that the first rows of another model have all of; the first of a tree have no parents."""
        is_tree = any(relation.target is model for relation in model.relations)
        return f"{model.plural}[:n]" + (f" + {model.plural}[8::8]" if is_tree else "")

    def ancestor(self, rows: str) -> str:
        """The parent of row `i` among these of its own table, where no query's condition lets rows 3, 7, 11, 15 … through. Mostly
        it is one of those that no visible row has among its children, more of them the more rows there are: 11, 27, 43 … for
        an even row, 3, 19, 35 … for an odd one, so that neither is read for the other; above these are 7, 23, 39 …. Each of the
        first rows has children of either kind, more the more rows there are, and some later ones have one, which has one."""
        even, odd = f"(len({rows}) + 4) // 16", f"(len({rows}) + 12) // 16"
        ways = {
            f"i < {STARTS} or i % 16 == 7": "None",
            "i % 8 == 3": "(i - 4) // 16 * 16 + 7",
            "i % 8 in (4, 6, 7)": f"i % {STARTS}",
            "i % 8 in (1, 2)": "i - 1",
            "i % 8 == 5": f"({odd} - 1 - i // 8 % ({odd})) * 16 + 3",
        }
        chosen = [f"{parent} if {test} else" for test, parent in ways.items()]
        return " ".join([*chosen, f"({even} - 1 - i // 8 % ({even})) * 16 + 11"])

    def seeded(self, model: Model) -> str:
        """What a new row is given."""
        base = model.base or model
        given = [f'{model.text}=f"{model.var} {{999 - i}}"', f"{model.number}=i", f"{model.flag}=i // 2 % 3 != 1", f"{model.long}='-' if i % 4 == 3 else ''"]
        relations = [relation for relation in base.relations if relation.kind != "many" and relation.target is not base]
        for place, relation in enumerate(relations):
            value = f"{relation.target.plural}[{self.own(model, place > 0, relation.kind == 'one')}]"
            given.append(f"{relation.name}=" + (f"None if i % 7 == 1 else {value}" if relation.null else value))
        return ", ".join(given)
