"""Writes the functions of a program: rows from a query, through containers and helpers, to reads and writes.

What is said here is Python; what queries, reads and writes look like is asked of the ORM's dialect:

    source(function, model)            an expression whose value is an iterable of rows
    single(start, model)               an expression whose value is one row, that of number `start`
    read(row, model, depth)            an expression about one row; its value has a text
    inner(row, model)                  an iterable of rows that hang on one row, and their model; or None
    write(function, row, model)        statements that change something for one row: inside the loop, and after it
    signature, arguments               what every function needs to have
"""

from dataclasses import dataclass, field
from random import Random

from schema import Model, Schema

CONTAINERS = (
    "query", "list", "tuple", "set", "deque", "dict", "dict-items", "groups", "groupby", "partition", "filtered",
    "sorted-key", "sorted-attrgetter", "reversed", "enumerate", "zip", "map", "filter", "chain", "islice", "copy",
    "concatenation", "pairs", "namedtuple", "dataclass", "holder", "iterator", "nlargest", "unpacked", "setdefault",
    "dict-of-rows-to-values", "accumulated",
)  # fmt: skip
FLOWS = (
    "for", "while-pop", "while-next", "list-comprehension", "set-comprehension", "dict-comprehension", "generator-expression",
    "nested-loop", "nested-comprehension", "guard", "else", "flag", "continue", "break", "return-in-loop", "try", "finally", "with",
    "match", "walrus", "function", "method", "property", "generator", "closure", "lambda", "decorator", "star-args",
    "default-argument", "recursion", "partial", "comprehension-guard", "object-method", "sum", "any", "join", "first-pass", "local",
    "callback", "yield-from", "conditional-expression",
)  # fmt: skip

BACKWARDS = ("reversed(", "insert(0", "nlargest(", "reverse=True")


def indent(lines: list[str]) -> list[str]:
    """The lines, one level deeper."""
    return ["    " + line for line in lines]


def between(start: str, value: str) -> str:
    """An expression for a text that ends in the value; an older Python wants other quotes inside an f-string."""
    if '"' not in value:
        return f'f"{start}{{{value}}}"'
    if "'" not in value and 'f"' not in value:
        return f'f"{start}{{{value.replace(chr(34), chr(39))}}}"'
    return f'f"{start}" + str({value})'


@dataclass
class Rows:
    """An expression whose value holds rows, and how one of them is taken out of an element."""

    text: str
    model: Model
    target: str  # what a loop over it binds
    row: str  # the row, in terms of the target
    again: bool = False  # whether it may be iterated twice
    a_list: bool = False
    pure: bool = True  # whether its elements are rows themselves
    named: bool = False


@dataclass
class Function:
    """A function in the making."""

    name: str
    parameters: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=lambda: {"lines", "found", "total"})

    def fresh(self, wanted: str) -> str:
        """A name that the function does not use yet."""
        name, number = wanted, 2
        while name in self.taken:
            name, number = f"{wanted}{number}", number + 1
        self.taken.add(name)
        return name


class Composer:
    """Composes one program's module of functions."""

    def __init__(self, random: Random, schema: Schema, dialect) -> None:
        self.random, self.schema, self.dialect = random, schema, dialect
        self.helpers: list[str] = []
        self.imports: set[str] = set()
        self.uses: set[tuple[str, str]] = set()
        self.names: set[str] = set()

    def use(self, kind: str, *names: str) -> None:
        """Note that the program makes use of something."""
        known = {"container": CONTAINERS, "flow": FLOWS, "api": self.dialect.API}[kind]
        for name in names:
            assert name in known, name
            self.uses.add((kind, name))

    def chance(self, share: float) -> bool:
        """True for this share of the calls."""
        return self.random.random() < share

    def pick(self, *ways):
        """Call one of the ways."""
        return self.random.choice(ways)()

    def name(self, *words: str) -> str:
        """A name for something of the module."""
        wanted, number = "_".join(words), 2
        name = wanted
        while name in self.names:
            name, number = f"{wanted}_{number}", number + 1
        self.names.add(name)
        return name

    # One function.

    def function(self) -> Function:
        """A function that reads rows and returns something."""
        model = self.random.choice(self.schema.with_relations())
        verb = self.random.choice(["list", "export", "summarise", "collect", "report", "show"])
        function = Function(self.name(verb, model.plural))
        if self.chance(0.12):
            self._about_one(function, model)
        else:
            rows = self.rows(function, model)
            for _ in range(self.random.choice([0, 0, 1, 1, 1, 2])):
                rows = self.transform(function, rows)
            self.consume(function, rows)
            if self.chance(0.2) and rows.again and rows.named:
                self.consume(function, rows)
        needed = [*self.dialect.signature, *function.parameters]
        needed += [f"{flag}=False" for flag in function.flags]
        function.lines = [
            *self.random.choice(self.dialect.decorators),
            f"def {function.name}({', '.join(needed)}):",
            "    lines = []",
            *indent(function.lines),
            "    return lines",
        ]
        return function

    def _about_one(self, function: Function, model: Model) -> None:
        row, start = function.fresh(model.var), function.fresh("start")
        function.parameters.append(start)
        function.lines.append(f"{row} = {self.dialect.single(start, model)}")
        if self.chance(0.5):
            function.lines.append(f"if {row} is None:")
            function.lines.append("    return lines")
        function.lines += self.body(function, row, model, 2)
        if inner := self.dialect.inner(row, model):
            text, target = inner
            self.consume(function, Rows(text, target, target.var, target.var, again=True))

    def rows(self, function: Function, model: Model) -> Rows:
        """Rows of a query, bound to a name or not."""
        var, before = model.var, len(function.lines)
        text, again, is_list = self.dialect.source(function, model)
        may_move = len(function.lines) == before  # else it needs what was just written
        if may_move and self.chance(0.25):
            text = self._through_helper(function, model, text)
        elif may_move and self.chance(0.2):
            text = self._refined(function, model, text)
        if self.chance(0.25):
            return Rows(text, model, var, var)
        name = function.fresh(model.plural)
        function.lines.append(f"{name} = {text}")
        self.use("container", "query")
        return Rows(name, model, var, var, again=again, a_list=is_list, named=True)

    def _refined(self, function: Function, model: Model, text: str) -> str:
        name = function.fresh("query")
        flag = function.fresh(self.random.choice(["full", "detailed", "sorted_first"]))
        more = self.dialect.refine(name, model)
        if not more:
            return text
        function.flags.append(flag)
        self.use("flow", "flag")
        function.lines.append(f"{name} = {self.dialect.unrun(function, model)}")
        function.lines += [f"if {flag}:", f"    {name} = {more}"]
        if self.chance(0.3):
            function.lines += ["else:", f"    {name} = {self.dialect.refine(name, model, harmless=True)}"]
        return self.dialect.run(name)

    def _through_helper(self, function: Function, model: Model, text: str) -> str:
        name = self.name(self.random.choice(["fetch", "load", "recent"]), model.plural)
        needed = ", ".join(self.dialect.signature)
        given = ", ".join(self.dialect.arguments)

        def plain():
            self.use("flow", "function")
            self.helpers.append(f"def {name}({needed}):\n    return {text}")
            return f"{name}({given})"

        def generator():
            self.use("flow", "generator", "yield-from")
            self.helpers.append(f"def {name}({needed}):\n    yield from {text}")
            return f"list({name}({given}))"

        def yielding():
            self.use("flow", "generator")
            body = f"    for {model.var} in {text}:\n        yield {model.var}"
            self.helpers.append(f"def {name}({needed}):\n{body}")
            return f"list({name}({given}))"

        def repository():
            self.use("flow", "method")
            owner = self.name(model.name + self.random.choice(["Store", "Repository", "Finder"]))
            typed = "".join(f", {each}" for each in self.dialect.signature)
            keeps = self.dialect.keeps or ["pass"]
            lines = [f"class {owner}:"]
            if self.dialect.keeps:
                lines += [f"    def __init__(self{typed}):", *indent(indent(keeps)), ""]
            inside = text
            for argument in self.dialect.arguments:
                inside = inside.replace(f"{argument}.", f"self.{argument}.")
            lines += [f"    def {name}(self):", f"        return {inside}"]
            self.helpers.append("\n".join(lines))
            return f"{owner}({given if self.dialect.keeps else ''}).{name}()"

        return self.pick(plain, plain, generator, yielding, repository)

    # Containers.

    def transform(self, function: Function, rows: Rows) -> Rows:
        """The same rows in another container."""
        ways = self._whole_row_transforms if rows.pure else self._element_transforms
        return self.random.choice(ways(function, rows))()

    def _bind(self, function: Function, rows: Rows, name: str, text: str, **changes) -> Rows:
        name = function.fresh(name)
        function.lines.append(f"{name} = {text}")
        values = dict(model=rows.model, target=rows.target, row=rows.row, again=True, pure=rows.pure, named=True)
        values.update(changes)
        return Rows(name, **values)

    def _element_transforms(self, function: Function, rows: Rows):
        def to(kind, text, **changes):
            def make():
                self.use("container", kind)
                return self._bind(function, rows, "entries", text, **changes)

            return make

        return [to("list", f"list({rows.text})", a_list=True), to("tuple", f"tuple({rows.text})")]

    def _whole_row_transforms(self, function: Function, rows: Rows):
        text, model, var = rows.text, rows.model, rows.target
        number, plural = model.number, model.plural

        def to(kind, name, shape, imported=None, **changes):
            def make():
                self.use("container", kind)
                if imported:
                    self.imports.add(imported)
                return self._bind(function, rows, name, shape, **changes)

            return make

        def inline(kind, shape, imported=None, **changes):
            def make():
                self.use("container", kind)
                if imported:
                    self.imports.add(imported)
                values = dict(model=model, target=var, row=var, pure=True)
                values.update(changes)
                return Rows(shape, **values)

            return make

        def groups():
            self.use("container", "groups")
            self.imports.add("from collections import defaultdict")
            name, key, members = function.fresh(f"{plural}_by_{number}"), function.fresh(number), function.fresh("members")
            function.lines += [f"{name} = defaultdict(list)", f"for {var} in {text}:", f"    {name}[{var}.{number} % 3].append({var})"]
            outer = self.random.choice([f"for {key}, {members} in {name}.items():", f"for {members} in {name}.values():"])
            if "items" not in outer:
                return Rows(f"[{var} for {members} in {name}.values() for {var} in {members}]", model, var, var)
            flat = function.fresh("chosen")
            function.lines += [f"{flat} = []", outer, f"    {flat}.extend({members})"]
            return Rows(flat, model, var, var, again=True, a_list=True, named=True)

        def setdefault():
            self.use("container", "setdefault")
            name = function.fresh(f"grouped_{plural}")
            function.lines += [f"{name} = {{}}", f"for {var} in {text}:", f"    {name}.setdefault({var}.{number}, []).append({var})"]
            members = function.fresh("members")
            return Rows(f"[{var} for {members} in {name}.values() for {var} in {members}]", model, var, var)

        def groupby():
            self.use("container", "groupby")
            self.imports.add("from itertools import groupby")
            chosen, members = function.fresh("chosen"), function.fresh("members")
            key = f"key=lambda {var}: {var}.{number}"
            function.lines += [
                f"{chosen} = []",
                f"for _, {members} in groupby(sorted({text}, {key}), {key}):",
                f"    {chosen}.extend({members})",
            ]
            return Rows(chosen, model, var, var, again=True, a_list=True, named=True)

        def partition():
            self.use("container", "partition")
            some, others = function.fresh("chosen"), function.fresh("others")
            function.lines += [
                f"{some}, {others} = [], []",
                f"for {var} in {text}:",
                f"    ({some} if {var}.{model.flag} else {others}).append({var})",
            ]
            return Rows(self.random.choice([f"{some} + {others}", some]), model, var, var)

        def accumulated():
            self.use("container", "accumulated")
            name = function.fresh("chosen")
            add = self.random.choice([f"{name}.append({var})", f"{name} += [{var}]", f"{name} = [*{name}, {var}]", f"{name}.insert(0, {var})"])
            function.lines += [f"{name} = []", f"for {var} in {text}:", f"    if {var}.{number} >= 0:", f"        {add}"]
            return Rows(name, model, var, var, again=True, a_list=True, named=True)

        def namedtuple():
            self.use("container", "namedtuple")
            self.imports.add("from typing import NamedTuple")
            name = self.name("Ranked" + model.name)
            self.helpers.append(f"class {name}(NamedTuple):\n    rank: int\n    {var}: {model.name}")
            made = f"[{name}(rank, {var}) for rank, {var} in enumerate({text})]"
            return self._bind(function, rows, "entries", made, target="entry", row=f"entry.{var}", pure=False, a_list=True)

        def dataclass_():
            self.use("container", "dataclass")
            self.imports.add("from dataclasses import dataclass")
            name = self.name(model.name + "Card")
            self.helpers.append(f"@dataclass\nclass {name}:\n    {var}: {model.name}\n    weight: int = 1")
            made = f"[{name}({var}, weight={var}.{number}) for {var} in {text}]"
            return self._bind(function, rows, "cards", made, target="card", row=f"card.{var}", pure=False, a_list=True)

        def holder():
            self.use("container", "holder")
            name = self.name(model.name + "Page")
            self.helpers.append(
                f"class {name}:\n    def __init__(self, {plural}):\n        self.{plural} = {plural}\n\n"
                f"    def __iter__(self):\n        return iter(self.{plural})"
            )
            page = function.fresh("page")
            function.lines.append(f"{page} = {name}({text})")
            over = page if self.chance(0.5) else f"{page}.{plural}"
            return Rows(over, model, var, var, again=rows.again, named=True)

        lists = [
            to("list", f"all_{plural}", f"list({text})", a_list=True),
            to("tuple", f"all_{plural}", f"tuple({text})"),
            to("set", f"unique_{plural}", f"set({text})"),
            to("deque", "queue", f"deque({text})", "from collections import deque"),
            to("dict", f"{plural}_by_id", f"{{{var}.id: {var} for {var} in {text}}}", target="key", row=f"{function.name}_", pure=False),
            to("filtered", f"chosen_{plural}", f"[{var} for {var} in {text} if {var}.{model.flag}]", a_list=True),
            to("sorted-key", f"sorted_{plural}", f"sorted({text}, key=lambda {var}: {var}.{number})", a_list=True),
            to("sorted-attrgetter", f"sorted_{plural}", f'sorted({text}, key=attrgetter("{number}"), reverse=True)', "from operator import attrgetter", a_list=True),
            to("map", "pairs", f"[({var}.{number}, {var}) for {var} in {text}]", target=f"_, {var}", row=var, pure=False, a_list=True),
            inline("reversed", f"reversed(list({text}))"),
            inline("enumerate", f"enumerate({text}, start=1)", target=f"position, {var}", pure=False),
            inline("zip", f"zip(range(1000), {text})", target=f"position, {var}", pure=False),
            inline("filter", f"filter(lambda {var}: {var}.{number} >= 0, {text})"),
            inline("chain", f"chain({text}, [])", "from itertools import chain"),
            inline("islice", f"islice({text}, 100)", "from itertools import islice"),
            inline("iterator", f"iter({text})"),
            inline("nlargest", f"nlargest(50, {text}, key=lambda {var}: {var}.{number})", "from heapq import nlargest"),
            inline("unpacked", f"[*{text}]"),
            groups, setdefault, groupby, partition, accumulated, namedtuple, dataclass_, holder,
        ]  # fmt: skip
        if rows.named:
            lists.append(to("pairs", "pairs", f"[({var}, {var}.{number}) for {var} in {text}]", target=f"{var}, _", row=var, pure=False, a_list=True))
            lists.append(to("dict-of-rows-to-values", "ranks", f"{{{var}: {var}.{number} for {var} in {text}}}", target=f"{var}, _", row=var, pure=False))
        if rows.a_list:
            lists.append(inline("copy", f"{text}[:]"))
            lists.append(inline("concatenation", f"{text} + []"))
        made = self.random.choice(lists)

        def finish():
            result = made()
            if result.target == "key":
                return self._of_dict(result, var, model)
            if result.text == "ranks" or result.text.startswith("ranks"):
                self.use("container", "dict-items")
                return Rows(f"{result.text}.items()", model, f"{var}, _", var, again=True, pure=False)
            return result

        return [finish]

    def _of_dict(self, rows: Rows, var: str, model: Model) -> Rows:
        name = rows.text
        if self.chance(0.5):
            return Rows(f"{name}.values()", model, var, var, again=True)
        if self.chance(0.5):
            self.use("container", "dict-items")
            return Rows(f"{name}.items()", model, f"_, {var}", var, again=True, pure=False)
        return Rows(name, model, "key", f"{name}[key]", again=True, pure=False)

    # Consumption.

    def consume(self, function: Function, rows: Rows) -> None:
        """Read or write each of the rows."""
        ways = [self._loop] * 6 + [self._comprehension] * 5 + [self._helper_over_rows] * 2 + [self._mapped]
        if rows.pure and rows.a_list and rows.named:
            ways += [self._while_pop, self._while_next, self._recursion_over_list]
        if rows.pure:
            ways += [self._object_method, self._first_pass]
        self.random.choice(ways)(function, rows)

    def _row_of(self, function: Function, rows: Rows) -> tuple[list[str], str]:
        """Statements that name the row, and its name."""
        if rows.row.isidentifier():
            return [], rows.row
        name = rows.model.var
        return [f"{name} = {rows.row}"], name

    def _loop(self, function: Function, rows: Rows) -> None:
        self.use("flow", "for")
        start, row = self._row_of(function, rows)
        after: list[str] = []
        body = self.body(function, row, rows.model, 2, after)
        function.lines += [f"for {rows.target} in {rows.text}:", *indent(start + body), *after]

    def _first_pass(self, function: Function, rows: Rows) -> None:
        self.use("flow", "first-pass", "break")
        body = self.body(function, rows.row, rows.model, 1)
        if not any("continue" in line for line in body):
            body.append("break")
        # From the other end the first row is a lonely one, so that nothing about it grows.
        text = "\n".join([*function.lines, *self.helpers, rows.text])
        turns = sum(text.count(word) for word in [*BACKWARDS, *self.dialect.backwards(rows.model)])
        walked = f"reversed([*{rows.text}])" if turns % 2 else rows.text
        function.lines += [f"for {rows.target} in {walked}:", *indent(body)]

    def _while_pop(self, function: Function, rows: Rows) -> None:
        self.use("flow", "while-pop")
        row = rows.row
        head = self.random.choice([f"while {rows.text}:", f"while len({rows.text}) > 0:"])
        body = [f"{row} = {rows.text}.pop({self.random.choice(['', '0'])})", *self.body(function, row, rows.model, 1)]
        function.lines += [head, *indent(body)]
        rows.named = False  # it is empty now

    def _while_next(self, function: Function, rows: Rows) -> None:
        self.use("flow", "while-next", "walrus")
        name, row = function.fresh("remaining"), rows.row
        body = self.body(function, row, rows.model, 1)
        function.lines += [f"{name} = iter({rows.text})", f"while ({row} := next({name}, None)) is not None:", *indent(body)]

    def _recursion_over_list(self, function: Function, rows: Rows) -> None:
        self.use("flow", "recursion")
        name, model = self.name("walk", rows.model.plural), rows.model
        value = self.dialect.read("first", model, 1)
        self.helpers.append(
            f"def {name}(rows):\n    if not rows:\n        return []\n    first, *others = rows\n"
            f"    return [{value}, *{name}(others)]"
        )
        function.lines.append(f"lines += {name}({rows.text})")

    def _comprehension(self, function: Function, rows: Rows) -> None:
        value = self.value(function, rows.row, rows.model)
        guard = ""
        if self.chance(0.25):
            self.use("flow", "comprehension-guard")
            guard = f" if {self.guard(rows.row, rows.model)}"
        elif self.chance(0.12):
            self.use("flow", "walrus")
            guard, value = f" if (value := {value})", "value"
        each = f"for {rows.target} in {rows.text}{guard}"
        name = function.fresh("found")
        inner = self.dialect.inner(rows.row, rows.model) if self.chance(0.2) else None
        if inner and not guard:
            self.use("flow", "nested-comprehension")
            text, model = inner
            var = model.var if model.var != rows.model.var else "other"
            value = self.dialect.read(var, model, 1)
            function.lines.append(f"lines += [str({value}) {each} for {var} in {text}]")
            return
        kinds = {
            "list-comprehension": f"lines += [{value} {each}]",
            "set-comprehension": f"{name} = {{str({value}) {each}}}",
            "dict-comprehension": f"{name} = {{{rows.row}.id: {value} {each}}}",
            "generator-expression": f"{name} = list({value} {each})",
            "join": f'lines.append(", ".join(str({value}) {each}))',
            "sum": f"{name} = sum(len(str({value})) {each})",
            "any": f"{name} = any(str({value}) == '?' {each})",
        }
        kind = self.random.choice(list(kinds))
        self.use("flow", kind)
        function.lines.append(kinds[kind])

    def _mapped(self, function: Function, rows: Rows) -> None:
        if not rows.pure:
            return self._comprehension(function, rows)
        self.use("flow", "callback")
        self.use("container", "map")
        value = self.dialect.read(rows.row, rows.model, 1)
        name = self.name("describe", rows.model.var)
        if self.chance(0.4):
            self.use("flow", "lambda")
            callback = f"lambda {rows.row}: {value}"
        else:
            self.use("flow", "function")
            self.helpers.append(f"def {name}({rows.row}):\n    return {value}")
            callback = name
        function.lines.append(f"lines.extend(map({callback}, {rows.text}))")

    def _helper_over_rows(self, function: Function, rows: Rows) -> None:
        """The loop is in a function of its own."""
        if not rows.pure:
            return self._loop(function, rows)
        name = self.name(self.random.choice(["names_of", "render", "lines_of"]), rows.model.plural)
        inside = Function(name)
        inside.taken |= {"rows", rows.row}
        body = self.body(inside, rows.row, rows.model, 1)
        more = "".join(f", {flag}=True" for flag in inside.flags)
        needs = [each for each in self.dialect.signature if any(self.dialect.mentions(line) for line in body)]
        head = ", ".join(["rows", *needs]) + more
        given = ", ".join([rows.text, *(self.dialect.arguments if needs else [])])
        if self.chance(0.4):
            self.use("flow", "generator")
            body = [line.replace("lines.append(", "yield (") for line in body]
            if not any("yield" in line for line in body):
                body.append(f"yield {rows.row}.{rows.model.text}")
            if not inside.lines and not any("lines" in line for line in body):
                self.helpers.append("\n".join([f"def {name}({head}):", *indent([f"for {rows.row} in rows:", *indent(body)])]))
                function.lines.append(self.random.choice([f"lines.extend({name}({given}))", f"lines += list({name}({given}))"]))
                return
            body = [line.replace("yield (", "lines.append(") for line in body]
            body = [line.replace("yield ", "lines.append(") + ")" if "yield " in line else line for line in body]
        self.use("flow", "function")
        lines = [f"def {name}({head}):", *indent(["lines = []", *inside.lines, f"for {rows.row} in rows:", *indent(body), "return lines"])]
        if self.chance(0.15):
            self.use("flow", "decorator")
            self._decorator()
            lines.insert(0, "@logged")
        self.helpers.append("\n".join(lines))
        function.lines.append(f"lines += {name}({given})")

    def _decorator(self) -> None:
        if "logged" in self.names:
            return
        self.names.add("logged")
        self.imports.add("from functools import wraps")
        self.helpers.insert(
            0,
            "def logged(function):\n    @wraps(function)\n    def wrapper(*args, **kwargs):\n"
            "        result = function(*args, **kwargs)\n        return result\n\n    return wrapper",
        )

    def _object_method(self, function: Function, rows: Rows) -> None:
        self.use("flow", "object-method")
        model = rows.model
        name = self.name(model.name + "View")
        value = self.dialect.read(f"self.{model.var}", model, 1)
        kind = "@property\n    " if self.chance(0.4) else ""
        self.helpers.append(
            f"class {name}:\n    def __init__(self, {model.var}):\n        self.{model.var} = {model.var}\n\n"
            f"    {kind}def text(self):\n        return {value}"
        )
        call = "" if kind else "()"
        if self.chance(0.5):
            function.lines.append(f"lines += [{name}({rows.row}).text{call} for {rows.target} in {rows.text}]")
        else:
            views = function.fresh("views")
            function.lines += [f"{views} = [{name}({rows.row}) for {rows.target} in {rows.text}]"]
            function.lines += [f"for view in {views}:", f"    lines.append(view.text{call})"]

    # What happens to one row.

    def body(self, function: Function, row: str, model: Model, depth: int, after: list[str] | None = None) -> list[str]:
        """Statements about one row; `after` takes what belongs behind the loop."""
        lines: list[str] = []
        if self.chance(0.15):
            self.use("flow", "continue")
            lines += [f"if not {self.guard(row, model)}:", "    continue"] if depth else []
            if "continue" in "".join(lines) and after is None and depth == 2:
                lines = []
        for _ in range(self.random.choice([1, 1, 2, 2, 3])):
            lines += self.statement(function, row, model, depth, after)
        return lines

    def statement(self, function: Function, row: str, model: Model, depth: int, after: list[str] | None) -> list[str]:
        """One statement about a row."""
        plain = [self._append] * 5 + [self._named_part] * 2 + [self._walrus, self._accumulate]
        compound = [self._guarded] * 3 + [self._tried, self._in_context, self._matched, self._conditional]
        if depth > 0:
            plain += compound + [self._nested] * 4
        if after is not None:
            plain += [self._written] * 4 + [self._broken]
        return self.random.choice(plain)(function, row, model, depth, after)

    def guard(self, row: str, model: Model) -> str:
        """A condition about a row that some rows fulfil."""
        flag, number = f"{row}.{model.flag}", f"{row}.{model.number}"
        return self.random.choice([flag, f"{number} % 2 == 0", f"{flag} and {number} % 4 < 2"])

    def _append(self, function, row, model, depth, after) -> list[str]:
        value = self.value(function, row, model)
        return [self.random.choice([f"lines.append({value})", f"lines.append(str({value}))", "lines.append(" + between(f"{{{row}.{model.text}}}: ", value) + ")"])]

    def _accumulate(self, function, row, model, depth, after) -> list[str]:
        return [f"lines.extend([{row}.{model.text}, {self.value(function, row, model)}])"]

    def _walrus(self, function, row, model, depth, after) -> list[str]:
        self.use("flow", "walrus")
        return [f"if (value := {self.value(function, row, model)}):", "    lines.append(value)"]

    def _conditional(self, function, row, model, depth, after) -> list[str]:
        self.use("flow", "conditional-expression")
        return [f'lines.append({self.value(function, row, model)} if {self.guard(row, model)} else "")']

    def _named_part(self, function, row, model, depth, after) -> list[str]:
        hops = [hop for hop in model.ones() if self.dialect.readable(hop)]
        if not hops:
            return self._append(function, row, model, depth, after)
        self.use("flow", "local")
        hop = self.dialect.favour(hops)
        part = function.fresh(hop.name)
        function.taken.discard(part)
        lines = [f"{part} = {row}.{hop.name}"]
        use = [f"lines.append({self.dialect.read(part, hop.target, 1)})"]
        if hop.may_be_absent:
            check = self.random.choice([f"if {part}:", f"if {part} is not None:"])
            return [*lines, check, *indent(use)]
        return lines + use

    def _guarded(self, function, row, model, depth, after) -> list[str]:
        self.use("flow", "guard")
        inner = self.statement(function, row, model, depth - 1, None)
        if self.chance(0.2):
            flag = "full" if "full" in function.flags else function.fresh("full")
            if flag not in function.flags:
                function.flags.append(flag)
            self.use("flow", "flag")
            return [f"if {flag}:", *indent(inner)]
        lines = [f"if {self.guard(row, model)}:", *indent(inner)]
        if self.chance(0.3):
            self.use("flow", "else")
            lines += ["else:", *indent(self.statement(function, row, model, 0, None))]
        return lines

    def _tried(self, function, row, model, depth, after) -> list[str]:
        inner = self.statement(function, row, model, depth - 1, None)
        self.use("flow", "try")
        if self.chance(0.4):
            self.use("flow", "finally")
            return ["try:", *indent(inner), "finally:", f"    lines.append({row}.{model.number})"]
        return ["try:", *indent(inner), "except (AttributeError, ValueError):", f"    lines.append({row}.{model.text})"]

    def _in_context(self, function, row, model, depth, after) -> list[str]:
        self.use("flow", "with")
        if self.chance(0.5):
            self.imports.add("from contextlib import suppress")
            head = "with suppress(ValueError):"
        else:
            if "timed" not in self.names:
                self.names.add("timed")
                self.imports.add("from contextlib import contextmanager")
                self.helpers.insert(0, "@contextmanager\ndef timed(label):\n    yield label")
            head = f'with timed("{model.var}") as label:'
        return [head, *indent(self.statement(function, row, model, depth - 1, None))]

    def _matched(self, function, row, model, depth, after) -> list[str]:
        self.use("flow", "match")
        first = self.statement(function, row, model, 0, None)
        other = self.statement(function, row, model, 0, None)
        return [f"match {row}.{model.number} % 2:", "    case 0:", *indent(indent(first)), "    case _:", *indent(indent(other))]

    def _nested(self, function, row, model, depth, after) -> list[str]:
        inner = self.dialect.inner(row, model)
        if not inner:
            return self._append(function, row, model, depth, after)
        self.use("flow", "nested-loop")
        text, target = inner
        var = target.var if target.var != row else "other"
        return [f"for {var} in {text}:", *indent(self.body(function, var, target, depth - 2))]

    def _written(self, function, row, model, depth, after) -> list[str]:
        return self.dialect.write(function, row, model, after)

    def _broken(self, function, row, model, depth, after) -> list[str]:
        lines = [f"lines.append({self.value(function, row, model)})"]
        if self.chance(0.5):
            self.use("flow", "return-in-loop")
            return [*lines, f"if {row}.{model.number} > 100_000:", "    return lines"]
        self.use("flow", "break")
        return [*lines, f"if {row}.{model.number} > 100_000:", "    break"]

    # One value of a row.

    def value(self, function: Function, row: str, model: Model) -> str:
        """An expression about a row, often through a helper."""
        if self.chance(0.72):
            return self.dialect.read(row, model, 2)
        return self.pick(
            *(lambda way=way: way(function, row, model)
              for way in (self._by_function, self._by_function, self._by_lambda, self._by_closure, self._by_partial,
                          self._by_star, self._by_default, self._by_decorated, self._by_recursion))
        )  # fmt: skip

    def _helper(self, model: Model, head: str, value: str, prefix: str = "describe") -> str:
        name = self.name(prefix, model.var)
        self.helpers.append(f"def {name}({head}):\n    return {value}")
        return name

    def _by_function(self, function, row, model) -> str:
        self.use("flow", "function")
        var = model.var
        name = self._helper(model, var, self.dialect.read(var, model, 2))
        return f"{name}({row})" if self.chance(0.7) else f"{name}({var}={row})"

    def _by_lambda(self, function, row, model) -> str:
        self.use("flow", "lambda")
        name = function.fresh("label_of")
        function.lines.append(f"{name} = lambda row: {self.dialect.read('row', model, 1)}")
        return f"{name}({row})"

    def _by_closure(self, function, row, model) -> str:
        self.use("flow", "closure")
        name = function.fresh("inner")
        start = function.fresh("prefix")
        function.lines += [f'{start} = "-"', f"def {name}(row):", "    return " + between(f"{{{start}}} ", self.dialect.read("row", model, 1))]
        return f"{name}({row})"

    def _by_partial(self, function, row, model) -> str:
        self.use("flow", "partial")
        self.imports.add("from functools import partial")
        name = self._helper(model, "mark, row", between("{mark} ", self.dialect.read("row", model, 1)), "marked")
        bound = function.fresh("marked")
        function.lines.append(f'{bound} = partial({name}, "*")')
        return f"{bound}({row})"

    def _by_star(self, function, row, model) -> str:
        self.use("flow", "star-args")
        if self.chance(0.5):
            name = self._helper(model, "*rows", f'", ".join(str({self.dialect.read("row", model, 1)}) for row in rows)', "joined")
            return f"{name}({row})"
        name = self._helper(model, "**parts", self.dialect.read("parts['row']", model, 1), "named")
        return f"{name}(row={row})"

    def _by_default(self, function, row, model) -> str:
        self.use("flow", "default-argument")
        show = self._helper(model, "row", self.dialect.read("row", model, 1), "show")
        name = self._helper(model, f"row, how={show}", "how(row)", "shown")
        return f"{name}({row})"

    def _by_decorated(self, function, row, model) -> str:
        self.use("flow", "decorator")
        self._decorator()
        name = self.name("noted", model.var)
        self.helpers.append(f"@logged\ndef {name}(row):\n    return {self.dialect.read('row', model, 1)}")
        return f"{name}({row})"

    def _by_recursion(self, function, row, model) -> str:
        if not any(hop.name == "parent" for hop in model.hops):
            return self._by_function(function, row, model)
        self.use("flow", "recursion")
        name = self.name("path_of", model.var)
        self.helpers.append(
            f"def {name}(row):\n    if row.parent is None:\n        return [row.{model.text}]\n"
            f"    return [*{name}(row.parent), row.{model.text}]"
        )
        return f"{name}({row})"

    def module(self, functions: list[Function]) -> str:
        """The text of the module."""
        parts = ["\n".join(self.dialect.module_imports(sorted(self.imports)))]
        parts += self.helpers
        parts += ["\n".join(function.lines) for function in functions]
        return "\n\n\n".join(parts) + "\n"
