"""A random schema, whatever the ORM: models, their columns, and the relations between them."""

from dataclasses import dataclass, field
from random import Random

NOUNS = [
    ("Author", "authors"), ("Book", "books"), ("Publisher", "publishers"), ("Review", "reviews"), ("Shelf", "shelves"),
    ("Customer", "customers"), ("Invoice", "invoices"), ("Parcel", "parcels"), ("Depot", "depots"), ("Course", "courses"),
    ("Student", "students"), ("Teacher", "teachers"), ("Room", "rooms"), ("Building", "buildings"), ("City", "cities"),
    ("Country", "countries"), ("Team", "teams"), ("Player", "players"), ("Project", "projects"), ("Task", "tasks"),
    ("Comment", "comments"), ("Topic", "topics"), ("Folder", "folders"), ("Document", "documents"),
    ("Device", "devices"), ("Sensor", "sensors"), ("Driver", "drivers"), ("Vehicle", "vehicles"), ("Garden", "gardens"),
    ("Plant", "plants"), ("Concert", "concerts"), ("Venue", "venues"), ("Recipe", "recipes"), ("Kitchen", "kitchens"),
]  # fmt: skip
ROLES = ["owner", "main", "backup", "origin"]


@dataclass(eq=False)
class Relation:
    """A relation as its owner declares it; `back` names it on the other side."""

    name: str
    kind: str  # "fk", "one" or "many"
    owner: "Model"
    target: "Model"
    back: str
    null: bool = False


@dataclass(eq=False)
class Hop:
    """A relation as seen from one side."""

    name: str
    target: "Model"
    relation: Relation
    forward: bool
    to_many: bool

    @property
    def may_be_absent(self) -> bool:
        """Whether a row may have nothing at the other end."""
        return not self.to_many and (not self.forward or self.relation.null)


@dataclass(eq=False)
class Model:
    """A model; its four columns hold a text, a number, a flag and a long text."""

    name: str
    plural: str
    text: str
    number: str
    flag: str
    long: str
    relations: list[Relation] = field(default_factory=list)
    hops: list[Hop] = field(default_factory=list)
    base: "Model | None" = None
    methods: dict[str, str] = field(default_factory=dict)  # name: "property" or "method"
    queries: list[str] = field(default_factory=list)  # names of the manager's own methods
    mirrors: bool = True

    @property
    def var(self) -> str:
        """What a variable that holds one row is called."""
        return self.name.lower()

    def ones(self) -> list[Hop]:
        """The relations to one row."""
        return [hop for hop in self.hops if not hop.to_many]

    def manys(self) -> list[Hop]:
        """The relations to several rows."""
        return [hop for hop in self.hops if hop.to_many]

    def needs(self) -> list[Relation]:
        """The relations that a new row must be given."""
        own = [relation for relation in self.relations if relation.kind != "many" and not relation.null]
        return own + (self.base.needs() if self.base else [])


class Schema:
    """Three or four models; each but the first has a relation to an earlier one."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.models: list[Model] = []
        for name, plural in random.sample(NOUNS, random.choice([3, 3, 4])):
            self.models.append(self._model(name, plural))
        for place, model in enumerate(self.models):
            self._relate(model, self.models[:place])
        if random.random() < 0.15:
            self._inherit()

    def _model(self, name: str, plural: str) -> Model:
        choose = self.random.choice
        return Model(
            name,
            plural,
            text=choose(["name", "title", "label"]),
            number=choose(["number", "position", "amount"]),
            flag=choose(["active", "public", "ready"]),
            long=choose(["note", "body", "details"]),
        )

    def _relate(self, model: Model, earlier: list[Model]) -> None:
        random = self.random
        for target in random.sample(earlier, min(len(earlier), random.choice([1, 1, 2]))):
            kind = random.choices(["fk", "one", "many"], [7, 1, 3])[0]
            if kind == "many":
                name, back = target.plural, model.plural
            else:
                name = target.var if random.random() < 0.8 else random.choice(ROLES)
                back = model.plural if kind == "fk" else model.var
            null = kind != "many" and random.random() < 0.3
            self._connect(Relation(name, kind, model, target, back, null))
        if random.random() < 0.12 and not any(relation.kind == "one" for relation in model.relations):
            self._connect(Relation("parent", "fk", model, model, "children", null=True))

    def _connect(self, relation: Relation) -> None:
        owner, target = relation.owner, relation.target
        if relation.name in {hop.name for hop in owner.hops} or relation.back in {hop.name for hop in target.hops}:
            return
        owner.relations.append(relation)
        owner.hops.append(Hop(relation.name, target, relation, True, relation.kind == "many"))
        target.hops.append(Hop(relation.back, owner, relation, False, relation.kind != "one"))

    def _inherit(self) -> None:
        base = self.models[-1]
        if any(relation.kind == "one" for relation in base.relations):
            return  # its rows have taken all the partners
        child = Model(
            f"Special{base.name}", f"special_{base.plural}", base.text, base.number, base.flag, base.long, base=base
        )
        child.hops = list(base.hops)
        self.models.append(child)

    def with_relations(self) -> list[Model]:
        """The models that have any relation, the likelier first to be about something."""
        return [model for model in self.models if model.hops]
