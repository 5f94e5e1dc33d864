"""What the dialects share: the choices that have nothing to do with how an ORM is written."""

from random import Random

from schema import Hop, Model, Schema


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

    def hops_to_read(self, model: Model) -> list[Hop]:
        """Most often the relations that this program is about."""
        return self.favourites[model] if self.chance(0.7) and self.favourites[model] else model.hops
