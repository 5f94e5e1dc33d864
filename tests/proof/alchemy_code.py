"""SQLAlchemy's dialect: mapped classes, statements, reads and the unit of work. See `compose.py` for what is asked of it."""

from random import Random

from dialect import Dialect
from schema import Hop, Model, Relation, Schema

API = (
    "select", "query", "scalars", "execute", "all", "iterate", "unique", "one", "first", "get", "where", "filter_by",
    "order_by", "limit", "join", "joinedload", "selectinload", "subqueryload", "contains_eager", "load_only", "defer",
    "lazyload", "chained-options", "mapping-lazy", "tuples", "count", "commit", "flush", "expire", "refresh", "merge", "add",
    "add_all", "update-statement", "append", "attribute-set", "many-to-one", "one-to-many", "many-to-many", "one-to-one",
    "foreign-key-id", "repr", "model-property", "model-method", "deferred-column", "no_autoflush", "expunge",
)  # fmt: skip


class Alchemy(Dialect):
    """Writes SQLAlchemy."""

    name = "sqlalchemy"
    API = API
    signature = ["session: Session"]
    arguments = ["session"]
    given = ["own"]
    keeps = ["self.session = session"]
    decorators: list[list[str]] = [[]]

    def __init__(self, random: Random, schema: Schema) -> None:
        super().__init__(random, schema)
        self.from_orm: set[str] = {"Session"}
        self.from_core: set[str] = set()
        self.legacy = random.random() < 0.3
        self.strategies: dict[tuple[Hop, ...], str] = {}
        for model in schema.models:
            if model.base:
                schema.models.remove(model)
        for model in schema.models:
            self._fell(model)
        self.draw_favourites()
        for model in schema.models:
            if self.chance(0.35) and model.hops:
                model.methods[random.choice(["summary", "headline"])] = random.choice(["property", "method"])

    def _fell(self, model: Model) -> None:
        """Rows that belong to others form no tree: whether a parent is among the rows of the same owner, where the session finds
        it, or among another's, is for the rows to say and not for the program."""
        trees = [relation for relation in model.relations if relation.target is model]
        if len(trees) < len(model.relations):
            model.relations[:] = [relation for relation in model.relations if relation not in trees]
            model.hops[:] = [hop for hop in model.hops if hop.relation not in trees]

    def own(self, model: Model, across: bool = False, alone: bool = False) -> str:
        """As for every dialect, but of the parents that have one row only, each relation leaves out some, which others lead to:
        else the session would find what one relation leads to because another has led there."""
        text, base = super().own(model, across, alone), model.base or model
        if alone and any(relation.kind == "one" for relation in base.relations):
            return text
        place = self.schema.models.index(base) + 2 * across + alone
        return f"({text}) - (i >= {self.shared(model)} and i % 5 == {place % 5})"

    # Models.

    def models(self) -> str:
        """The text of `models.py`."""
        tables = [self._secondary(relation) for model in self.schema.models for relation in model.relations if relation.kind == "many"]
        classes = [self._model(model) for model in self.schema.models]
        core = ["ForeignKey", *(["Column", "Table"] if tables else [])]
        orm = ["DeclarativeBase", "Mapped", "mapped_column", "relationship"]
        head = f"from sqlalchemy import {', '.join(sorted(core))}\nfrom sqlalchemy.orm import {', '.join(orm)}"
        return "\n\n\n".join([head, "class Base(DeclarativeBase):\n    pass", *tables, *classes]) + "\n"

    def _secondary(self, relation: Relation) -> str:
        one, other = relation.owner.var, relation.target.var
        name = f"{one}_{relation.name}"
        columns = [f'    Column("{key}_id", ForeignKey("{key}.id"), primary_key=True),' for key in (one, other)]
        return "\n".join([f"{name} = Table(", f'    "{name}",', "    Base.metadata,", *columns, ")"])

    def _model(self, model: Model) -> str:
        lines = [
            f'__tablename__ = "{model.var}"',
            "",
            "id: Mapped[int] = mapped_column(primary_key=True)",
            f"{model.text}: Mapped[str]",
            f"{model.number}: Mapped[int] = mapped_column(default=0)",
            f"{model.flag}: Mapped[bool] = mapped_column(default=True)",
            f'{model.long}: Mapped[str] = mapped_column(default=""' + (", deferred=True)" if self.chance(0.1) else ")"),
        ]
        for relation in model.relations:
            if relation.kind != "many":
                optional = " | None" if relation.null else ""
                unique = ", unique=True" if relation.kind == "one" else ""
                lines.append(f'{relation.name}_id: Mapped[int{optional}] = mapped_column(ForeignKey("{relation.target.var}.id"){unique})')
        for hop in model.hops:
            lines.append(self._relationship(model, hop))
        if self.chance(0.25):
            value = self.read("self", model, 1, own=True) if self.chance(0.3) else f"self.{model.text}"
            lines += ["", "def __repr__(self):", f"    return str({value})"]
        for name, kind in model.methods.items():
            lines += ["", *(["@property"] if kind == "property" else []), f"def {name}(self):"]
            lines += [f"    return {self.read('self', model, 1, own=True)}"]
        return f"class {model.name}(Base):\n" + "\n".join("    " + line if line else "" for line in lines)

    def _relationship(self, model: Model, hop: Hop) -> str:
        relation = hop.relation
        options = [f'back_populates="{relation.back if hop.forward else relation.name}"']
        if relation.kind == "many":
            options.append(f"secondary={relation.owner.var}_{relation.name}")
        if relation.owner is relation.target and hop.forward:
            options.append('remote_side="' + model.name + '.id"')
        if relation.kind != "many" and sum(one.target is relation.target for one in relation.owner.relations if one.kind != "many") > 1:
            options.append(f'foreign_keys="{relation.owner.name}.{relation.name}_id"')
        if self.chance(0.12) and relation.owner is not relation.target:
            self.use("mapping-lazy")
            options.append(f'lazy="{self.random.choice(["joined", "selectin", "subquery", "selectin", "raise_on_sql", "select"])}"'.replace("raise_on_sql", "select"))
        optional = " | None" if hop.may_be_absent else ""
        kind = f'list["{hop.target.name}"]' if hop.to_many else f'"{hop.target.name}{optional}"'
        return f"{hop.name}: Mapped[{kind}] = relationship({', '.join(options)})"

    def module_imports(self, imports: list[str]) -> list[str]:
        """The head of the module."""
        names = ", ".join(sorted(model.name for model in self.schema.models))
        core = [f"from sqlalchemy import {', '.join(sorted(self.from_core))}"] if self.from_core else []
        return [*imports, "", *core, f"from sqlalchemy.orm import {', '.join(sorted(self.from_orm))}", "", f"from .models import {names}"]

    # Queries.

    def readable(self, hop: Hop) -> bool:
        """Whether the relation may be read as an attribute whenever there is a row."""
        return True

    def _option(self, model: Model) -> str:
        """A loader option, or nothing where there is no relation."""
        if not model.hops:
            return ""
        hop = self.favour(model.hops)
        # Different strategies for one path contradict each other.
        ways = ["joinedload", "selectinload", "selectinload", "subqueryload"] if hop.to_many else ["joinedload", "joinedload", "selectinload", "lazyload"]
        name = self.strategies.setdefault((hop,), self.random.choice(ways))
        self.use(name)
        self.from_orm.add(name)
        text = f"{name}({model.name}.{hop.name})"
        onward = [next_ for next_ in hop.target.hops if next_.relation is not hop.relation]
        if onward and self.chance(0.35):
            further = self.favour(onward)
            call = self.strategies.setdefault((hop, further), self.random.choice(["selectinload", "joinedload"]))
            self.use("chained-options", call)
            text += f".{call}({hop.target.name}.{further.name})"
        elif self.chance(0.06):
            self.use("load_only")
            text += f".load_only({hop.target.name}.{hop.target.text})"
        return text

    def _columns(self, model: Model) -> str:
        if self.chance(0.5):
            self.use("defer")
            self.from_orm.add("defer")
            return f"defer({model.name}.{self.random.choice([model.long, model.number])})"
        self.use("load_only")
        self.from_orm.add("load_only")
        return f"load_only({model.name}.{model.text}, {model.name}.{model.flag})"

    def _narrow(self, model: Model) -> str:
        name = model.name
        ways = [
            ("where", f".where({name}.{model.number} % 4 < 3)"),
            ("where", f'.where({name}.{model.long} != "-")'),
            ("where", f".where({name}.{model.number} % 4 != 3)"),
            ("filter_by", f'.filter_by({model.long}="")'),
            ("order_by", f".order_by({name}.{model.number})"),
            ("order_by", f".order_by({name}.{model.text}.desc(), {name}.id)"),
        ]
        kind, text = self.random.choice(ways)
        self.use(kind)
        return text

    def unrun(self, function, model: Model) -> str:
        """A statement, or a query that has not run."""
        if self.legacy:
            self.use("query")
            text = f"session.query({model.name})"
        else:
            self.use("select")
            self.from_core.add("select")
            text = f"select({model.name})"
        parts = []
        ones = [hop for hop in model.ones() if hop.forward and hop.relation.owner is not hop.relation.target]
        if ones and self.chance(0.15):
            hop = self.favour(ones)
            self.use("join")
            text += f".join({model.name}.{hop.name})"
            if self.chance(0.6):
                self.use("contains_eager")
                self.from_orm.add("contains_eager")
                parts.append(f".options(contains_eager({model.name}.{hop.name}))")
        elif self.chance(0.55) and (option := self._option(model)):
            more = self._option(model) if self.chance(0.25) else ""
            many = f"{option}, {more}" if more and more.split(")")[0].split("(")[1] != option.split(")")[0].split("(")[1] else option
            parts.append(f".options({many})")
        parts += [self._narrow(model) for _ in range(self.random.choice([0, 1, 1, 2]))]
        if self.chance(0.1):
            parts.append(f".options({self._columns(model)})")
        self.random.shuffle(parts)
        return text + "".join(part for part in parts if "filter_by" not in part or ".join(" not in text)

    def run(self, name: str) -> str:
        """The rows of what `name` holds."""
        if self.legacy:
            return f"{name}.all()"
        return self.random.choice([f"session.scalars({name}).unique().all()", f"session.execute({name}).unique().scalars().all()"])

    def refine(self, name: str, model: Model, harmless: bool = False) -> str:
        """The statement held by `name`, with more asked of it."""
        if harmless:
            return f"{name}.where({model.name}.{model.number} >= 0)"
        option = self._option(model)
        return option and f"{name}.options({option})"

    def source(self, function, model: Model) -> tuple[str, bool, bool]:
        """An iterable of rows; whether it may be iterated again without another query; whether it is a list."""
        text = self.unrun(function, model)
        if self.legacy:
            way = self.random.random()
            if way < 0.75:
                self.use("all")
                return f"{text}.all()", True, True
            if way < 0.85:
                return f"{text}{self._limited(model)}.all()", True, True
            self.use("iterate")
            return text, False, False
        unique = ".unique()"  # a mapping may join a collection
        self.use("unique")
        way = self.random.random()
        if way < 0.45:
            self.use("scalars", "all")
            return f"session.scalars({text}){unique}.all()", True, True
        if way < 0.62:
            self.use("scalars", "iterate")
            return f"session.scalars({text}){unique}", False, False
        if way < 0.82:
            self.use("execute", "scalars")
            return f"session.execute({text}){unique}.scalars().all()", True, True
        if way < 0.9:
            self.use("tuples", "execute")
            return f"[row for (row,) in session.execute({text}){unique}]", True, True
        return f"session.scalars({text}{self._limited(model)}){unique}.all()", True, True

    def _limited(self, model: Model) -> str:
        """A limit that lets all rows through; not where the session could then find each parent among them."""
        if any(not hop.forward and hop.relation.kind != "many" for hop in model.hops):
            return ""
        self.use("limit")
        return ".limit(200)"

    def single(self, start: str, model: Model) -> str:
        """One row."""
        if self.chance(0.3):
            self.use("get")
            return f"session.get({model.name}, {start} + 1)"
        option = self._option(model) if self.chance(0.5) else ""
        options = f".options({option})" if option else ""
        if self.legacy:
            self.use("first", "query")
            return f"session.query({model.name}){options}.filter({model.name}.{model.number} >= {start}).order_by({model.name}.{model.number}).first()"
        self.use("scalars", "select")
        self.from_core.add("select")
        text = f"session.scalars(select({model.name}){options}.where({model.name}.{model.number} == {start})).unique()"
        name = self.random.choice(["first", "one"])
        self.use(name)
        return f"{text}.{name}()"

    # Reads.

    def read(self, row: str, model: Model, depth: int, own: bool = False) -> str:
        """An expression about a row."""
        way = self.random.random()
        if way < 0.06 and model.methods and not own:
            return self.of_model(row, model)
        if way < 0.14 and not own:
            return self._plain(row, model)
        hops = self.hops_to_read(model)
        if not hops or depth == 0:
            return self._plain(row, model)
        hop = self.random.choice(hops)
        return self._many(row, hop, depth) if hop.to_many else self._one(row, hop, depth)

    def _plain(self, row: str, model: Model) -> str:
        chosen = self.random.choice([f"{row}.{model.text}"] * 3 + [f"{row}.{model.number}", f"{row}.id", f"{row}.{model.long}", f"repr({row})"])
        if chosen.endswith(f".{model.long}"):
            self.use("deferred-column")
        if "repr(" in chosen:
            self.use("repr")
        return chosen if chosen != "repr(self)" else f"self.{model.text}"

    def _one(self, row: str, hop: Hop, depth: int) -> str:
        there, target = f"{row}.{hop.name}", hop.target
        self.use("one-to-one" if hop.relation.kind == "one" else "many-to-one")
        if self.chance(0.08) and hop.forward:
            self.use("foreign-key-id")
            return f"{there}_id"
        value = self.read(there, target, depth - 1, own=True) if self.chance(0.45) else self._plain(there, target)
        if hop.may_be_absent:
            guard = self.random.choice([there, f"{there} is not None"])
            return f'({value} if {guard} else "")'
        return value

    def _many(self, row: str, hop: Hop, depth: int) -> str:
        there, target, var = f"{row}.{hop.name}", hop.target, "item"
        self.use("many-to-many" if hop.relation.kind == "many" else "one-to-many")
        inner = self.read(var, target, depth - 1, own=True) if depth > 1 else self._plain(var, target)
        return self.random.choice([
            f"len({there})",
            f"[{inner} for {var} in {there}]",
            f"[{var}.{target.text} for {var} in {there} if {var}.{target.flag}]",
            f"sum({var}.{target.number} for {var} in {there})",
            f'", ".join({var}.{target.text} for {var} in {there})',
            f'", ".join(str({inner}) for {var} in {there})',
            f"list({there})",
            f"bool({there})",
            f"sorted(({var}.{target.number} for {var} in {there}), reverse=True)",
            f"max(({var}.{target.number} for {var} in {there}), default=0)",
            f"any({var}.{target.flag} for {var} in {there})",
            f'({there}[0].{target.text} if {there} else "")',
            f"{{{var}.{target.text} for {var} in {there}}}",
            f"[{inner} for {var} in sorted({there}, key=lambda {var}: {var}.{target.number})]",
        ])  # fmt: skip

    def inner(self, row: str, model: Model) -> tuple[str, Model] | None:
        """Rows that hang on one row."""
        hops = [hop for hop in self.favourites[model] if hop.to_many] or model.manys()
        if not hops:
            return None
        hop = self.random.choice(hops)
        self.use("many-to-many" if hop.relation.kind == "many" else "one-to-many")
        return f"{row}.{hop.name}", hop.target

    def mentions(self, line: str) -> bool:
        """Whether a line needs the function's arguments."""
        return "session" in line

    def query(self, row: str, model: Model) -> tuple[str, str]:
        """A statement about a row, and what it makes use of."""
        name = model.name
        ways = [("get", f"session.get({name}, {row}.id).{model.text}")]
        for hop in model.hops:
            target, relation = hop.target, hop.relation
            if not hop.forward and relation.kind == "fk":
                key = f"{target.name}.{relation.name}_id == {row}.id"
                self.from_core |= {"select", "func"}
                ways += [
                    ("count", f"session.scalar(select(func.count()).select_from({target.name}).where({key}))"),
                    ("scalars", f"session.scalars(select({target.name}).where({key})).unique().all()"),
                    ("first", f"session.query({target.name}).filter({key}).first()"),
                    ("query", f"session.query({target.name}).filter_by({relation.name}_id={row}.id).count()"),
                    ("execute", f"session.execute(select({target.name}.{target.text}).where({key})).all()"),
                    ("scalars", f"session.scalars(select({target.name}.{target.text}).where({key})).first()"),
                ]
            if hop.forward and relation.kind == "fk" and not relation.null:
                ways += [("get", f"session.get({target.name}, {row}.{hop.name}_id).{target.text}")]
        return self.random.choice(ways)

    # Writes.

    def write(self, function, row: str, model: Model, after: list[str]) -> list[str]:
        """Statements that query or change something for one row."""
        if self.chance(0.35):
            name, text = self.query(row, model)
            self.use(name)
            return [f"lines.append({text})"]
        number = f"{row}.{model.number}"
        ways = [
            ("attribute-set", [f"{number} += 4"], "session.commit()"),
            ("attribute-set", [f"{number} += 4"], "session.flush()"),
            ("flush", [f"{number} += 4", "session.flush()"], None),
            ("commit", [f"{number} += 4", "session.commit()"], None),
            ("refresh", [f"session.refresh({row})", f"lines.append({row}.{model.text})"], None),
            ("expire", [f"session.expire({row})", f"lines.append({row}.{model.text})"], None),
            ("merge", [f"session.merge({row})"], None),
            ("no_autoflush", ["with session.no_autoflush:", f"    lines.append({self.read(row, model, 1)})"], None),
        ]
        for hop in model.hops:
            target, relation = hop.target, hop.relation
            if not hop.forward and relation.kind == "fk" and target.needs() in ([], [relation]):
                fresh = f"{target.name}({target.text}={row}.{model.text}, {relation.name}_id={row}.id)"
                ways += [
                    ("add", [f"session.add({fresh})"], "session.commit()"),
                    ("add", [f"session.add({fresh})", "session.flush()"], None),
                    ("append", [f"{row}.{hop.name}.append({target.name}({target.text}={row}.{model.text}))"], "session.flush()"),
                    ("add_all", [f"FRESH.append({fresh})"], "session.add_all(FRESH)"),
                ]
            if hop.to_many and relation.kind == "many":
                ways.append(("append", [f"{row}.{hop.name}.append({target.name}({target.text}={row}.{model.text}))"] if not target.needs() else [f"{row}.{hop.name}[:] = list({row}.{hop.name})"], "session.commit()"))
        if self.chance(0.08):
            ways.append(("expunge", [f"lines.append({row}.{model.text})", f"session.expunge({row})"], None))
        if self.chance(0.3):
            self.from_core.add("update")
            name = model.name
            ways.append(("update-statement", [f"session.execute(update({name}).where({name}.id == {row}.id).values({model.number}={number}))"], "session.commit()"))
        name, lines, last = self.random.choice(ways)
        self.use(name)
        if any("FRESH" in line for line in lines):
            fresh = function.fresh("fresh")
            function.lines.append(f"{fresh} = []")
            lines = [line.replace("FRESH", fresh) for line in lines]
            after += [last.replace("FRESH", fresh), "session.flush()"]
        elif last:
            after.append(last)
        return lines

    # The rows that a run starts from.

    def drive(self, module: str, calls: list[str]) -> str:
        """The text of `drive.py`."""
        names = ", ".join(sorted(model.name for model in self.schema.models))
        lines = ["# requires: sqlalchemy", "from alchemy import session, store", f"from app import {module}", f"from app.models import {names}"]
        lines += ["", "", "def seed(n):"]
        for model in self.schema.models:
            lines += ["    " + line for line in self._seed(model)]
        lines.append(f"    store({', '.join('*' + model.plural for model in self.schema.models)})")
        lines += ["", "", "def run(n):"]
        for call in calls:
            lines += ["    with session() as own:", f"        {module}.{call}"]
        return "\n".join(lines) + "\n"

    def _seed(self, model: Model) -> list[str]:
        lines = [f"{model.plural} = [{model.name}(id=i + 1, {self.seeded(model)}) for i in range({self.count(model)})]"]
        for relation in model.relations:
            if relation.target is model and relation.kind == "fk":
                rows = model.plural
                lines += [f"for i, row in enumerate({rows}):", f"    row.{relation.name} = dict(enumerate({rows})).get({self.ancestor(rows)})"]
            if relation.kind == "many":
                others, own, first = relation.target.plural, self.own(model, alone=True), self.first(relation.target)
                again = f"n <= i < {'2 * n' if self.shared(model) == 'n' else self.shared(model)}"
                lines += [
                    f"for i, row in enumerate({model.plural}):",
                    f"    row.{relation.name}.extend({first} if i < 3 else {{{others}[{own}], {others}[0 if {again} else {own}]}})",
                ]
        return lines
