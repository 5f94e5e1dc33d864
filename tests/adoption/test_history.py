"""A history of edits to the shop, always the same: after each, the baseline lets through what is new, and nothing else."""

import ast
import random
import re
import sys
import unittest
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tools import ROOT, append, edit, findings, must, quell, shop

SEED = 2026
EDITS = 30

# What identifies a finding for a reader: rule, file, function, subject.
Key = tuple[str, str, str, str]


class History:
    """The shop as it changes, with the findings that are new since the last `quell baseline`."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder = folder
        self.chance = chance
        self.number = 0
        self.new: Counter[Key] = Counter()

    def file(self, name: str) -> Path:
        return self.folder / name

    def code(self) -> list[Path]:
        """The files with code, in a fixed order."""
        return sorted(path for path in self.folder.rglob("*.py") if path.stat().st_size)

    def choose(self, *names: str) -> Path:
        return self.file(self.chance.choice(names))

    # What changes no query.

    def add_lines_at_the_top(self) -> None:
        """A comment and a constant below the imports push everything down."""
        file = self.chance.choice(self.code())
        lines = file.read_text().splitlines(keepends=True)
        imports = [
            node.end_lineno for node in ast.parse("".join(lines)).body if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        at = max(imports, default=1)
        lines.insert(at, f"\n# Note {self.number}.\nNOTE_{self.number} = {self.number}\n")
        file.write_text("".join(lines))

    def move_a_function(self) -> None:
        """A function of a module moves to its end."""
        file = self.choose("catalog/views.py", "orders/views.py", "reporting/reports.py")
        text = file.read_text()
        node = self.chance.choice([node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)])
        lines = text.splitlines(keepends=True)
        moved = lines[node.lineno - 1 : node.end_lineno]
        rest = lines[: node.lineno - 1] + lines[node.end_lineno :]
        file.write_text("".join(rest).rstrip("\n") + "\n\n\n" + "".join(moved).rstrip("\n") + "\n")

    def rename_a_variable(self) -> None:
        """A local variable of a function gets another name."""
        name, function, variable = self.chance.choice(
            [
                ("catalog/views.py", r"product_page", "others"),
                ("catalog/views.py", r"category_tree\w*", "child"),
                ("orders/views.py", r"order_list", "order"),
                ("orders/views.py", r"history", "line"),
                ("reporting/reports.py", r"revenue_by_country\w*", "line"),
            ]
        )
        file = self.file(name)
        text = file.read_text()
        node = next(
            node
            for node in ast.parse(text).body
            if isinstance(node, ast.FunctionDef) and re.fullmatch(function, node.name)
        )
        names = [
            name for name in ast.walk(node) if isinstance(name, ast.Name) and re.fullmatch(rf"{variable}\d*", name.id)
        ]
        lines = text.splitlines(keepends=True)
        for found in sorted(names, key=lambda one: (one.lineno, one.col_offset), reverse=True):
            line = lines[found.lineno - 1]
            lines[found.lineno - 1] = (
                line[: found.col_offset] + f"{variable}{self.number}" + line[found.end_col_offset :]
            )
        file.write_text("".join(lines))

    def rename_a_function(self) -> None:
        """A function gets another name, everywhere."""
        stem = self.chance.choice(["category_tree", "revenue_by_country", "late_orders", "place_order"])
        for file in self.code():
            file.write_text(re.sub(rf"\b{stem}(_\d+)?\b", f"{stem}_{self.number}", file.read_text()))
        renamed = {key: count for key, count in self.new.items() if re.fullmatch(rf"{stem}(_\d+)?", key[2])}
        for (rule, name, function, about), count in renamed.items():
            del self.new[rule, name, function, about]
            self.new[rule, name, f"{stem}_{self.number}", about] += count

    def reformat(self) -> None:
        """A formatter with another line length goes over everything."""
        width = self.chance.choice([50, 70, 90, 110, 130])
        must(sys.executable, "-m", "black", "--quiet", "--line-length", width, ".", folder=self.folder)

    def add_clean_code(self) -> None:
        """A view that joins what it reads, and a helper."""
        append(
            self.file("catalog/views.py"),
            f'\n\ndef stocked_{self.number}(request):\n    found = Product.objects.select_related("supplier")\n'
            f'    return JsonResponse({{"from": [one.supplier.name for one in found]}})\n',
        )

    def move_a_file(self) -> None:
        """The services get a module of another name."""
        old = next(file for file in self.code() if re.fullmatch(r"services(_\d+)?\.py", file.name))
        new = old.with_name(f"services_{self.number}.py")
        old.rename(new)
        for file in self.code():
            text = re.sub(
                rf"from \. import {old.stem}( as services)?\b",
                f"from . import {new.stem} as services",
                file.read_text(),
            )
            file.write_text(re.sub(rf"from \.{old.stem} import", f"from .{new.stem} import", text))
        moved = {key: count for key, count in self.new.items() if key[1] == f"orders/{old.name}"}
        for (rule, _, function, about), count in moved.items():
            del self.new[rule, f"orders/{old.name}", function, about]
            self.new[rule, f"orders/{new.name}", function, about] += count

    def mend(self) -> None:
        """One of the accepted findings is mended, where it is still there."""
        file = self.file("orders/views.py")
        file.write_text(
            re.sub(r'prefetch_related\(\s*"lines"\s*\)', 'prefetch_related("lines__product")', file.read_text())
        )

    # What brings a finding.

    def add_a_lazy_load(self) -> None:
        """A page that reads a product for each line."""
        file = self.file("orders/views.py")
        if not re.search(r"import .*\bOrderLine\b", file.read_text()):
            file.write_text(re.sub(r"(from \.models import .*)\bOrder\b", r"\1Order, OrderLine", file.read_text()))
        append(
            file,
            f"\n\ndef lines_{self.number}(request):\n    found = OrderLine.objects.all()\n"
            f'    return JsonResponse({{"names": [line.product.name for line in found]}})\n',
        )
        self.new["lazy-load-per-row", "orders/views.py", f"lines_{self.number}", "orders.OrderLine.product"] += 1

    def add_a_count(self) -> None:
        """A page that counts the reviews of each product."""
        append(
            self.file("catalog/views.py"),
            f"\n\ndef reviewed_{self.number}(request):\n    counts = [one.reviews.count() for one in Product.objects.available()]\n"
            f'    return JsonResponse({{"counts": counts}})\n',
        )
        self.new["count-per-row", "catalog/views.py", f"reviewed_{self.number}", "catalog.Product.reviews"] += 1

    def add_a_write(self) -> None:
        """A service that saves each order."""
        file = next(file for file in self.code() if re.fullmatch(r"services(_\d+)?\.py", file.name))
        append(
            file,
            f"\n\ndef close_{self.number}():\n    for order in Order.objects.all():\n        order.shipped = True\n        order.save()\n",
        )
        self.new["save-per-row", f"orders/{file.name}", f"close_{self.number}", "orders.Order.save"] += 1

    def add_a_second_of_a_kind(self) -> None:
        """A function that counts already counts once more, over rows of another query."""
        file = self.file("catalog/views.py")
        found = re.search(
            r"def (category_tree(?:_\d+)?)\(request\):\n.*?\n    tree = \[\]\n", file.read_text(), re.DOTALL
        )
        new = (
            f'    for top{self.number} in Category.objects.filter(parent=None).prefetch_related("children"):\n'
            f"        tree.append([part.products.count() for part in top{self.number}.children.all()])\n"
        )
        text = file.read_text()
        file.write_text(text[: found.end()] + new + text[found.end() :])
        self.new["count-per-row", "catalog/views.py", found[1], "catalog.Category.products"] += 1

    def add_to_a_report(self) -> None:
        """A report in SQLAlchemy reads the product of each line."""
        append(
            self.file("reporting/reports.py"),
            f"\n\ndef sold_{self.number}(session: Session) -> list[str]:\n"
            f"    return [line.product.name for line in session.scalars(select(OrderLine))]\n",
        )
        self.new["lazy-load-per-row", "reporting/reports.py", f"sold_{self.number}", "reporting.OrderLine.product"] += 1

    def quiet(self) -> list[Callable[[], None]]:
        return [
            self.add_lines_at_the_top,
            self.move_a_function,
            self.rename_a_variable,
            self.rename_a_function,
            self.reformat,
            self.add_clean_code,
            self.move_a_file,
            self.mend,
        ]

    def loud(self) -> list[Callable[[], None]]:
        return [
            self.add_a_lazy_load,
            self.add_a_count,
            self.add_a_write,
            self.add_a_second_of_a_kind,
            self.add_to_a_report,
        ]


def key(finding: dict) -> Key:
    """The key that the document gives, without the number of equals."""
    rule, file, function, about = finding["key"].split("#")[0].split(":")
    return rule, file, function, about


class AHistoryOfEdits(unittest.TestCase):
    """Each kind of edit comes at least twice; what is new is accepted now and then."""

    def test_exactly_the_new_findings_are_reported(self):
        folder = self.enterContext(shop())
        history = History(folder, random.Random(SEED))
        quell(folder, "baseline")
        kinds = (history.quiet() + history.loud()) * 2
        kinds += history.chance.choices(history.quiet(), k=EDITS - len(kinds))
        history.chance.shuffle(kinds)
        brought = 0
        for history.number, change in enumerate(kinds, 1):
            before = sum(history.new.values())
            change()
            brought += sum(history.new.values()) - before
            reported = Counter(key(finding) for finding in findings(folder))
            wrong = {"reported": reported - history.new, "missing": history.new - reported}
            self.assertFalse(any(wrong.values()), f"edit {history.number}, {change.__name__}: {wrong}")
            if history.chance.random() < 0.2:
                quell(folder, "baseline")
                history.new.clear()
        self.assertEqual((history.number, brought), (EDITS, 2 * len(history.loud())))
        self.assertEqual(quell(folder, "check", "--no-baseline", "--fail-on", "never").stderr, "")
        manage = [ROOT / ".venvs/django52/bin/python", "manage.py", "check"]
        must(*manage, folder=folder)


if __name__ == "__main__":
    unittest.main()
