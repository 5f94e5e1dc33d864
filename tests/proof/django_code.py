"""Django's dialect: models, querysets, reads and writes. See `compose.py` for what is asked of it."""

from random import Random

from dialect import Dialect
from schema import Hop, Model, Relation, Schema

API = (
    "all", "filter", "exclude", "order_by", "select_related", "select_related-all", "prefetch_related", "Prefetch",
    "Prefetch-to_attr", "only", "defer", "values", "values_list", "in_bulk", "iterator", "first", "last", "get", "earliest",
    "count", "exists", "aggregate", "annotate", "slice", "union", "or", "none", "distinct", "reverse", "index",
    "custom-queryset", "custom-manager", "manager-method", "ordering", "select_related-none", "prefetch_related-none",
    "related-all", "related-filter", "reverse-one-to-one", "foreign-key-id", "str", "model-property", "model-method", "deferred-column",
    "save", "create", "bulk_create", "bulk_update", "update", "delete", "get_or_create", "update_or_create", "m2m-add",
    "m2m-set", "m2m-remove", "m2m-clear", "refresh_from_db", "len", "prefetch_related_objects", "inheritance", "assign",
)  # fmt: skip
SIZES = (4, 7, 10)


class Django(Dialect):
    """Writes Django."""

    name = "django"
    API = API
    signature: list[str] = []
    arguments: list[str] = []
    keeps: list[str] = []
    decorators: list[list[str]] = [[]]
    given: list[str] = []

    def __init__(self, random: Random, schema: Schema) -> None:
        super().__init__(random, schema)
        self.needed: set[str] = set()
        self.ordered_backwards: set[Model] = set()
        self.draw_favourites()
        self.overrides: dict[Model, str] = {}
        for model in schema.models:
            self._decide(model)
        for relation in [relation for model in schema.models for relation in model.relations]:
            if relation.kind == "fk" and relation.back == relation.owner.plural and self.chance(0.2):
                self._leave_unnamed(relation)

    # Models.

    def _leave_unnamed(self, relation: Relation) -> None:
        """The other side goes by Django's own name."""
        for hop in relation.target.hops:
            if hop.relation is relation and not hop.forward:
                hop.name = f"{relation.owner.var}_set"
        relation.back = ""

    def _decide(self, model: Model) -> None:
        if self.chance(0.35) and model.hops:
            model.methods[self.random.choice(["summary", "headline"])] = self.random.choice(["property", "method"])
        if self.chance(0.3) and model.base is None:
            model.queries = self.random.choice([["available"], ["with_parts"], ["available", "with_parts"]])

    def models(self) -> str:
        """The text of `models.py`."""
        classes = [self._model(model) for model in self.schema.models]
        own = f"from django.db.models import {', '.join(sorted(self.needed))}\n" if self.needed else ""
        self.needed = set()
        return f"from django.db import models\n{own}\n\n" + "\n\n\n".join(classes) + "\n"

    def _model(self, model: Model) -> str:
        before, lines = "", []
        if model.base:
            self.use("inheritance")
            return f"class {model.name}({model.base.name}):\n    extra = models.CharField(max_length=40, default='')"
        for relation in model.relations:
            lines.append(self._field(relation))
        lines += [
            f"{model.text} = models.CharField(max_length=80)",
            f"{model.number} = models.IntegerField(default=0)",
            f"{model.flag} = models.BooleanField(default=True)",
            f'{model.long} = models.TextField(default="")',
        ]
        if model.queries:
            before, field = self._manager(model)
            lines += ["", field]
        if self.chance(0.25):
            self.use("ordering")
            paths = [f'"{model.text}"', f'"-{model.number}"', f'"{model.number}", "id"']
            path = self.random.choice(paths)
            if path in paths[:2]:
                self.ordered_backwards.add(model)
            lines += ["", "class Meta:", f"    ordering = [{path}]"]
        if self.chance(0.4):
            value = self.read("self", model, 1, own=True) if self.chance(0.3) else f"self.{model.text}"
            lines += ["", "def __str__(self):", f"    return str({value})" if value != f"self.{model.text}" else f"    return {value}"]
        for name, kind in model.methods.items():
            lines += ["", *(["@property"] if kind == "property" else []), f"def {name}(self):"]
            lines += [f"    return {self.read('self', model, 1, own=True)}"]
        return before + f"class {model.name}(models.Model):\n" + "\n".join("    " + line if line else "" for line in lines)

    def _field(self, relation: Relation) -> str:
        target = '"self"' if relation.target is relation.owner else relation.target.name
        kind = {"fk": "ForeignKey", "one": "OneToOneField", "many": "ManyToManyField"}[relation.kind]
        options = ["null=True"] if relation.null else []
        if relation.kind != "many":
            options.insert(0, "on_delete=models.CASCADE")
        if relation.back and relation.kind != "one":
            options.append(f'related_name="{relation.back}"')
        return f"{relation.name} = models.{kind}({', '.join([target, *options])})"

    def _manager(self, model: Model) -> tuple[str, str]:
        methods = []
        for name in model.queries:
            if name == "available":
                body = f"self.filter({model.flag}=True)"
            else:
                body = "self" + (self._eager(model) or ".all()")
            methods.append(f"    def {name}(self):\n        return {body}")
        if self.chance(0.3) and model.ones():
            self.use("custom-manager")
            path = self.random.choice(model.ones()).name
            call = self.random.choice([f'select_related("{path}")', f'prefetch_related("{path}")', f"filter({model.number}__gte=0)"])
            methods.insert(0, f"    def get_queryset(self):\n        return super().get_queryset().{call}")
            methods = [text.replace("return self", "return self.get_queryset()") for text in methods]
            name = f"{model.name}Manager"
            return f"class {name}(models.Manager):\n" + "\n\n".join(methods) + "\n\n\n", f"objects = {name}()"
        self.use("custom-queryset")
        name = f"{model.name}QuerySet"
        field = self.random.choice([f"objects = {name}.as_manager()", f"objects = models.Manager.from_queryset({name})()"])
        return f"class {name}(models.QuerySet):\n" + "\n\n".join(methods) + "\n\n\n", field

    def module_imports(self, imports: list[str]) -> list[str]:
        """The head of the module."""
        names = ", ".join(sorted(model.name for model in self.schema.models))
        own = [f"from django.db.models import {', '.join(sorted(self.needed))}"] if self.needed else []
        return [*imports, "", *own, "", f"from .models import {names}"]

    # Queries.

    def backwards(self, model: Model) -> list[str]:
        """What a query says that gives the last row first; where the model says it, every query of its manager does."""
        own = [f"{model.name}.objects"] if model in self.ordered_backwards else []
        return [*own, f'order_by("{model.text}")', f'order_by("-{model.number}")', ".reverse()"]

    def readable(self, hop: Hop) -> bool:
        """Whether the relation may be read as an attribute whenever there is a row."""
        return hop.forward or hop.to_many

    def _path(self, model: Model, to_one: bool, depth: int = 2) -> str:
        names, seen = [], None
        for _ in range(self.random.choice([1, 1, depth])):
            hops = [hop for hop in (model.ones() if to_one else model.hops) if hop.relation is not seen]
            if not hops:
                break
            hop = self.favour(hops)
            seen = hop.relation
            names.append(hop.name)
            model = hop.target
        return "__".join(names)

    def _eager(self, model: Model) -> str:
        """`.select_related(…)` or `.prefetch_related(…)`, or nothing where there is no relation."""
        if model.ones() and (self.chance(0.55) or not model.manys()):
            if self.chance(0.07):
                self.use("select_related-all")
                return ".select_related()"
            self.use("select_related")
            paths = {self._path(model, True), self._path(model, True)} if self.chance(0.3) else {self._path(model, True)}
            return f".select_related({', '.join(repr(path) for path in sorted(paths))})".replace("'", '"')
        if not model.hops:
            return ""
        if self.chance(0.35) and model.manys():
            hop = self.favour(model.manys())
            self.use("Prefetch")
            self.needed.add("Prefetch")
            target = hop.target
            inner = f"{target.name}.objects" + self._eager(target) if self.chance(0.6) else f"{target.name}.objects.order_by(\"{target.number}\")"
            if inner.endswith(".objects"):
                inner += ".all()"
            return f'.prefetch_related(Prefetch("{hop.name}", queryset={inner}))'
        self.use("prefetch_related")
        return f'.prefetch_related("{self._path(model, False)}")'

    def _narrow(self, model: Model) -> str:
        random, ways = self.random, []
        ways += [("filter", f".filter({model.flag}=True)"), ("filter", f".filter({model.number}__gte=0)")]
        ways += [("exclude", f'.exclude({model.text}="")'), ("exclude", f".exclude({model.number}__lt=0)")]
        ways += [("order_by", f'.order_by("{random.choice(["", "-"])}{random.choice([model.text, model.number])}")')]
        ways += [("distinct", ".distinct()"), ("reverse", f'.order_by("{model.number}").reverse()'), ("all", ".all()")]
        forward = [hop for hop in model.ones() if hop.forward]
        if forward:
            hop = random.choice(forward)
            ways += [("filter", f'.filter({hop.name}__{hop.target.number}__gte=0)')]
            ways += [("filter", f".filter({hop.name}__isnull=False)")]
            ways += [("filter", f".filter({hop.name}__in={hop.target.name}.objects.all())")]
            ways += [("order_by", f'.order_by("{hop.name}__{hop.target.text}")')]
        related = [hop for hop in model.hops if not (not hop.forward and hop.name.endswith("_set"))]
        if related:
            self.needed.add("Count")
            ways += [("annotate", f'.annotate(size=Count("{random.choice(related).name}"))')]
        name, text = random.choice(ways)
        self.use(name)
        return text

    def _columns(self, model: Model) -> str:
        if self.chance(0.5):
            self.use("defer")
            return f'.defer("{self.random.choice([model.long, model.number])}")'
        self.use("only")
        return f'.only("{model.text}")' if self.chance(0.5) else f'.only("{model.text}", "{model.number}", "{model.flag}")'

    def unrun(self, function, model: Model) -> str:
        """A queryset."""
        text = f"{model.name}.objects"
        if model.queries and self.chance(0.5):
            self.use("manager-method")
            text += f".{self.random.choice(model.queries)}()"
        parts = []
        if self.chance(0.55) and not text.endswith("with_parts()"):
            parts.append(self._eager(model))
        parts += [self._narrow(model) for _ in range(self.random.choice([0, 1, 1, 2]))]
        if self.chance(0.1) and "select_related" not in "".join(parts):
            parts.append(self._columns(model))
        self.random.shuffle(parts)
        text += "".join(parts)
        if text.endswith(".objects"):
            self.use("all")
            text += ".all()"
        return text

    def run(self, name: str) -> str:
        """The rows of a queryset held by `name`: a queryset is iterable."""
        return name

    def refine(self, name: str, model: Model, harmless: bool = False) -> str:
        """The queryset held by `name`, with more asked of it."""
        if harmless:
            return name + self._narrow(model)
        more = self._eager(model)
        return more and name + more

    def source(self, function, model: Model) -> tuple[str, bool, bool]:
        """An iterable of rows; whether it may be iterated again without another query; whether it is a list."""
        text = self.unrun(function, model)
        way = self.random.random()
        if way < 0.06:
            self.use("iterator")
            return text + (".iterator(chunk_size=100)" if "prefetch" in text or self._prefetches(model) else ".iterator()"), False, False
        if way < 0.11:
            self.use("slice")
            return text + "[:200]", True, False
        if way < 0.15 and "distinct" not in text and "annotate" not in text:
            self.use("in_bulk")
            return f"{text}.in_bulk().values()", False, False
        if way < 0.19 and not any(word in text for word in ("reverse", "order_by", "distinct", "annotate", "defer", "only")):
            self.use("union")
            return f"{text}.union({text})", True, False
        if way < 0.23 and not any(word in text for word in ("distinct", "annotate", "defer", "only")):
            self.use("or")
            return f"({text} | {model.name}.objects.filter({model.flag}=False))", True, False
        if way < 0.25:
            self.use("select_related-none")
            return text + ".select_related(None)" if "only" not in text else text, True, False
        if way < 0.27:
            self.use("prefetch_related-none")
            return text + ".prefetch_related(None)", True, False
        if way < 0.29 and model.hops:
            name = function.fresh("known")
            self.use("prefetch_related_objects")
            self.needed.add("prefetch_related_objects")
            function.lines += [f"{name} = list({text})", f'prefetch_related_objects({name}, "{self._path(model, False, 1)}")']
            return name, True, True
        if way < 0.32 and model.manys():
            hop = self.favour(model.manys())
            self.use("Prefetch-to_attr", "Prefetch")
            self.needed.add("Prefetch")
            return text + f'.prefetch_related(Prefetch("{hop.name}", to_attr="fetched"))', True, False
        if way < 0.34:
            self.use("none")
            return f"({text} | {model.name}.objects.none())" if "distinct" not in text and "annotate" not in text else text, True, False
        return text, True, False

    def _prefetches(self, model: Model) -> bool:
        return bool(model.queries)

    def single(self, start: str, model: Model) -> str:
        """One row."""
        text = f"{model.name}.objects" + (self._eager(model) if self.chance(0.5) else "")
        first = f'.filter({model.number}__gte={start}).order_by("{model.number}")'
        ways = [("first", f"{first}.first()"), ("get", f".get({model.number}={start})"), ("earliest", f'.filter({model.number}__gte={start}).earliest("{model.number}")'),
                ("index", f"{first}[0]"), ("last", f'.filter({model.number}__gte={start}).order_by("-{model.number}").last()'), ("filter", f".filter({model.number}={start}).first()")]  # fmt: skip
        name, call = self.random.choice(ways)
        self.use(name)
        return text + call

    # Reads.

    def read(self, row: str, model: Model, depth: int, own: bool = False) -> str:
        """An expression about a row."""
        way = self.random.random()
        if way < 0.06 and model.methods and not own:
            return self.of_model(row, model)
        if way < 0.14 and not own:
            return self._plain(row, model)
        if way < 0.20 and not own:
            return self._query(row, model)
        hops = self.hops_to_read(model)
        if not hops or depth == 0:
            return self._plain(row, model)
        hop = self.random.choice(hops)
        return self._many(row, hop, depth) if hop.to_many else self._one(row, hop, depth, own)

    def _plain(self, row: str, model: Model) -> str:
        ways = [f"{row}.{model.text}"] * 3 + [f"{row}.{model.number}", f"{row}.id", f"{row}.{model.long}", f"str({row})", f'f"{{{row}}}"']
        chosen = self.random.choice(ways)
        if chosen.endswith(f".{model.long}"):
            self.use("deferred-column")
        if "str(" in chosen or "f\"" in chosen:
            self.use("str")
        return chosen if row != "self" or "self}" not in chosen and "(self)" not in chosen else f"self.{model.text}"

    def _one(self, row: str, hop: Hop, depth: int, own: bool) -> str:
        there = f"{row}.{hop.name}"
        target = hop.target
        if not hop.forward:
            self.use("reverse-one-to-one")
            return self.random.choice(
                [f'({there}.{target.text} if hasattr({row}, "{hop.name}") else "")', f'getattr({row}, "{hop.name}", None)']
            )
        if self.chance(0.08):
            self.use("foreign-key-id")
            return self.random.choice([f"{there}_id"] * 2 + ([f"{there}.pk"] if not hop.relation.null else []))
        value = self.read(there, target, depth - 1, own=True) if self.chance(0.45) else self._plain(there, target)
        if hop.relation.null:
            guard = self.random.choice([there, f"{there}_id", f"{there} is not None"])
            return f'({value} if {guard} else "")'
        return value

    def _many(self, row: str, hop: Hop, depth: int) -> str:
        there, target, var = f"{row}.{hop.name}", hop.target, "each"
        inner = self.read(var, target, depth - 1, own=True) if depth > 1 else self._plain(var, target)
        ways = [
            ("count", f"{there}.count()"),
            ("exists", f"{there}.exists()"),
            ("related-all", f"[{inner} for {var} in {there}.all()]"),
            ("related-all", f"[{var}.{target.text} for {var} in {there}.all() if {var}.{target.flag}]"),
            ("len", f"len({there}.all())"),
            ("related-all", f"sum({var}.{target.number} for {var} in {there}.all())"),
            ("related-all", f'", ".join({var}.{target.text} for {var} in {there}.all())'),
            ("related-all", f'", ".join(str({inner}) for {var} in {there}.all())'),
            ("related-all", f"list({there}.all())"),
            ("related-all", f"sorted(({var}.{target.number} for {var} in {there}.all()), reverse=True)"),
            ("related-all", f"max(({var}.{target.number} for {var} in {there}.all()), default=0)"),
            ("related-filter", f"{there}.filter({target.flag}=True).count()"),
            ("related-filter", f"list({there}.filter({target.number}__gte=1))"),
            ("related-filter", f"[{inner} for {var} in {there}.exclude({target.number}=0)]"),
            ("order_by", f'[{var}.{target.text} for {var} in {there}.order_by("{target.number}")]'),
            ("first", f"{there}.first()"),
            ("last", f"{there}.last()"),
            ("values_list", f'list({there}.values_list("{target.text}", flat=True))'),
            ("values", f'list({there}.values("{target.number}"))'),
            ("index", f"{there}.all()[0:1]"),
            ("slice", f"list({there}.all()[:3])"),
            ("any", f"any({var}.{target.flag} for {var} in {there}.all())"),
            ("iterator", f"[{var}.{target.text} for {var} in {there}.iterator(chunk_size=50)]"),
            ("select_related", f"[{inner} for {var} in {there}.all().distinct()]"),
        ]
        name, text = self.random.choice(ways)
        if name == "any":
            name = "related-all"
        if ".distinct" in text:
            name = "distinct"
        self.use(name)
        if self.chance(0.04):
            self.use("aggregate")
            self.needed.add("Sum")
            return f'{there}.aggregate(total=Sum("{target.number}"))["total"]'
        return text

    def _query(self, row: str, model: Model) -> str:
        """A query about a row that asks the manager, not the row."""
        ways = [
            ("get", f"{model.name}.objects.get(pk={row}.pk).{model.text}"),
            ("exists", f"{model.name}.objects.filter({model.number}__gt={row}.{model.number}).exists()"),
            ("count", f"{model.name}.objects.filter({model.text}={row}.{model.text}).count()"),
        ]
        for hop in model.hops:
            target, relation = hop.target, hop.relation
            if not hop.forward and relation.kind == "fk":
                ways += [
                    ("filter", f"{target.name}.objects.filter({relation.name}={row}).count()"),
                    ("filter", f"list({target.name}.objects.filter({relation.name}_id={row}.pk))"),
                    ("first", f"{target.name}.objects.filter({relation.name}={row}).first()"),
                    ("exists", f"{target.name}.objects.filter({relation.name}={row}).exists()"),
                    ("values_list", f'list({target.name}.objects.filter({relation.name}={row}).values_list("{target.text}", flat=True))'),
                ]
            if hop.forward and relation.kind == "fk" and not relation.null:
                ways += [("get", f"{target.name}.objects.get(pk={row}.{hop.name}_id).{target.text}")]
        name, text = self.random.choice(ways)
        self.use(name)
        return text

    def inner(self, row: str, model: Model) -> tuple[str, Model] | None:
        """Rows that hang on one row."""
        hops = [hop for hop in self.favourites[model] if hop.to_many] or model.manys()
        if not hops:
            return None
        hop = self.random.choice(hops)
        there = f"{row}.{hop.name}"
        if self.chance(0.75):
            self.use("related-all")
            return f"{there}.all()", hop.target
        self.use("related-filter")
        more = self._eager(hop.target) if self.chance(0.3) else ""
        return self.random.choice([f"{there}.filter({hop.target.flag}=True)", f'{there}.order_by("{hop.target.text}")', f"{there}.all()"]) + more, hop.target

    def mentions(self, line: str) -> bool:
        """Whether a line needs the function's arguments."""
        return False

    # Writes.

    def write(self, function, row: str, model: Model, after: list[str]) -> list[str]:
        """Statements that change something for one row."""
        number = f"{row}.{model.number}"
        ways = [
            ("save", [f"{number} += 4", f"{row}.save()"]),
            ("save", [f"{row}.{model.flag} = True", f'{row}.save(update_fields=["{model.flag}"])']),
            ("update", [f"{model.name}.objects.filter(pk={row}.pk).update({model.number}={number} + 4)"]),
            ("refresh_from_db", [f"{row}.refresh_from_db()", f"lines.append({row}.{model.text})"]),
            ("bulk_update", None),
            ("assign", [f"{number} += 4", f"lines.append({row}.{model.text})"]),
        ]
        for hop in model.hops:
            target, relation = hop.target, hop.relation
            if not hop.forward and relation.kind == "fk" and target.needs() in ([], [relation]) and not target.base:
                given = f"{target.text}={row}.{model.text}, {relation.name}={row}"
                ways += [
                    ("create", [f"{target.name}.objects.create({given})"]),
                    ("create", [f"{row}.{hop.name}.create({target.text}={row}.{model.text})"]),
                    ("get_or_create", [f"{target.name}.objects.get_or_create({given})"]),
                    ("update_or_create", [f"{target.name}.objects.update_or_create({given})"]),
                    ("bulk_create", (f"{target.name}({given})", target)),
                    ("save", [f"fresh = {target.name}({given})", "fresh.save()", "lines.append(fresh.pk)"]),
                ]
            if hop.to_many and relation.kind == "many":
                there = f"{row}.{hop.name}"
                one = function.fresh(hop.target.var)
                ways += [
                    ("m2m-add", (f"{there}.add({one})", one, hop.target)),
                    ("m2m-set", (f"{there}.set([{one}])", one, hop.target)),
                    ("m2m-remove", (f"{there}.remove({one})", one, hop.target)),
                    ("m2m-clear", [f"{there}.clear()"]),
                ]
            if hop.forward and relation.kind == "fk":
                first = function.fresh(hop.target.var)
                ways += [("assign", (f"{row}.{hop.name} = {first}", first, hop.target))]
            if hop.to_many and not hop.forward and relation.kind == "fk":
                ways += [("update", [f"{row}.{hop.name}.update({target.text}='-')"])]
        if self.chance(0.1):
            ways.append(("delete", [f"{row}.delete()"]))
        name, way = self.random.choice(ways)
        self.use(name)
        if name == "bulk_update":
            changed = function.fresh("changed")
            function.lines.append(f"{changed} = []")
            after.append(f'{model.name}.objects.bulk_update({changed}, ["{model.number}"])')
            return [f"{number} += 4", f"{changed}.append({row})"]
        if name == "bulk_create":
            fresh = function.fresh("fresh")
            function.lines.append(f"{fresh} = []")
            after.append(f"{way[1].name}.objects.bulk_create({fresh})")
            return [f"{fresh}.append({way[0]})"]
        if isinstance(way, tuple):
            call, one, target = way
            function.lines.append(f"{one} = {target.name}.objects.first()")
            assigned, is_assignment, _ = call.partition(" = ")
            return [call, f"lines.append({self._plain(assigned, target)})"] if is_assignment else [call]
        return way

    # The rows that a run starts from.

    def drive(self, module: str, calls: list[str]) -> str:
        """The text of `drive.py`."""
        lines = [f"from app import {module}", "from django.db import transaction", f"from app.models import {', '.join(sorted(m.name for m in self.schema.models))}", "", "", "def seed(n):"]
        for model in self.schema.models:
            lines += ["    " + line for line in self._seed(model)]
        lines += ["", "", "def run(n):"]
        for call in calls:
            # None sees what another has written.
            lines += ["    with transaction.atomic():", f"        {module}.{call}", "        transaction.set_rollback(True)"]
        return "\n".join(lines) + "\n"

    def _seed(self, model: Model) -> list[str]:
        base = model.base or model
        lines = [f"{model.plural} = [{model.name}.objects.create({self.seeded(model)}) for i in range({self.count(model)})]"]
        for relation in base.relations:
            if relation.target is base and relation.kind == "fk":
                above = f"dict(enumerate({model.plural})).get({self.ancestor(model.plural)})"
                lines += [
                    f"for i, row in enumerate({model.plural}):",
                    f"    {model.name}.objects.filter(pk=row.pk).update({relation.name}={above})",
                ]
            if relation.kind == "many":
                others, own = relation.target.plural, self.own(model, alone=True)
                lines += [
                    f"for i, row in enumerate({model.plural}):",
                    f"    row.{relation.name}.add({others}[{own}], *({self.first(relation.target)} if i < 3 else {others}[:1] if i < {self.shared(model)} else []))",
                ]
        return lines
