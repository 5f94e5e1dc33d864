"""`quell baseline` and what `quell check` makes of its file."""

import json
import unittest

from tools import append, document, edit, findings, quell, shop

NEW = '''

def latest(request):
    """The products of the newest lines."""
    return JsonResponse({"names": [line.product.name for line in OrderLine.objects.all()]})
'''


class Baseline(unittest.TestCase):
    """On a copy of the shop whose findings are accepted."""

    def setUp(self):
        self.shop = self.enterContext(shop())
        self.file = self.shop / "quell-baseline.json"
        quell(self.shop, "baseline")

    def entries(self):
        return json.loads(self.file.read_text())["findings"]

    def add_new(self):
        edit(self.shop / "orders/views.py", "import Customer, Order\n", "import Customer, Order, OrderLine\n")
        append(self.shop / "orders/views.py", NEW)

    def test_what_is_accepted_is_not_reported_and_the_footer_counts_it(self):
        done = quell(self.shop, "check")
        self.assertIn("no findings in 19 files · hidden: 22 in the baseline", done.stdout)
        self.assertEqual(len(findings(self.shop, "--no-baseline")), 22)

    def test_the_file_is_sorted_and_has_a_finding_a_line(self):
        self.assertEqual(sum(entry["count"] for entry in self.entries()), 22)
        places = [(entry["file"], entry["in"], entry["rule"]) for entry in self.entries()]
        self.assertEqual(places, sorted(places))
        lines = [line.strip().rstrip(",") for line in self.file.read_text().splitlines()[3:-2]]
        self.assertEqual([json.loads(line) for line in lines], self.entries())
        self.assertNotIn('"line"', self.file.read_text())

    def test_only_what_is_new_is_reported(self):
        self.add_new()
        done = quell(self.shop, "check", "--format", "concise", status=1)
        self.assertRegex(done.stdout, r"^orders/views\.py:49:\d+: critical\[lazy-load-per-row\] `line\.product` .*\n$")
        self.assertIn("1 new, 0 gone", quell(self.shop, "baseline").stdout)
        quell(self.shop, "check")

    def test_the_working_directory_and_the_named_paths_do_not_matter(self):
        for folder, arguments in [("orders", ["."]), ("orders", ["views.py"]), (".", ["orders"]), ("..", ["shop"])]:
            self.assertEqual(findings(self.shop / folder, *arguments), [], (folder, arguments))

    def test_a_second_of_a_kind_is_new_and_it_is_the_second_that_is_reported(self):
        edit(
            self.shop / "catalog/views.py",
            "    tree = []\n",
            '    tree = []\n    for top in Category.objects.filter(parent=None).prefetch_related("children"):\n'
            "        tree.append([part.products.count() for part in top.children.all()])\n",
        )
        (found,) = findings(self.shop)
        self.assertIn("`part.products.count()`", found["message"])

    def test_stale_entries_are_counted_and_pruned(self):
        edit(
            self.shop / "catalog/views.py",
            ".available().exclude(pk=product.pk)",
            ".available().for_cards().exclude(pk=1)",
        )
        (note,) = [note for note in document(self.shop)["notes"] if note["kind"] == "baseline-stale"]
        self.assertEqual(note["message"], "2 accepted findings are no longer there: `quell check --prune` drops them")
        self.add_new()
        quell(self.shop, "check", "--prune", status=1)
        self.assertEqual(sum(entry["count"] for entry in self.entries()), 20)
        self.assertNotIn("latest", self.file.read_text())

    def test_what_a_run_has_not_looked_at_is_not_pruned(self):
        quell(self.shop, "check", "--prune", "--min-confidence", "high")
        self.assertEqual(sum(entry["count"] for entry in self.entries()), 22)
        (self.shop / "catalog/views.py").write_text("")
        (self.shop / "orders/services.py").unlink()
        for arguments in (["orders/models.py"], ["reporting"], ["orders/models.py", "reporting", "shop"]):
            quell(self.shop, "check", "--prune", *arguments)
            self.assertEqual(sum(entry["count"] for entry in self.entries()), 22, arguments)
        quell(self.shop, "check", "--prune", "orders")
        self.assertNotIn("orders/services.py", self.file.read_text())
        self.assertIn("catalog/views.py", self.file.read_text())
        quell(self.shop, "baseline", "orders")
        self.assertIn("catalog/views.py", self.file.read_text())

    def test_a_rule_that_is_ignored_for_now_keeps_its_entries(self):
        (self.shop / "quell.toml").write_text('ignore = ["create-per-row"]\n')
        quell(self.shop, "check", "--prune")
        self.assertEqual(sum(entry["count"] for entry in self.entries()), 22)

    def test_the_configuration_may_name_the_file(self):
        self.file.unlink()
        (self.shop / "accepted").mkdir()
        (self.shop / "quell.toml").write_text('baseline = "accepted/queries.json"\n')
        done = quell(self.shop, "check", "--fail-on", "never")
        self.assertIn(
            "note: accepted/queries.json: there is no such baseline yet: `quell baseline` writes it", done.stdout
        )
        done = quell(self.shop, "baseline")
        self.assertEqual(done.stdout, "accepted/queries.json: 22 findings are accepted (22 new, 0 gone)\n")
        self.assertIn('"../orders/views.py"', (self.shop / "accepted/queries.json").read_text())
        self.assertEqual(findings(self.shop / "orders"), [])

    def test_a_file_that_is_no_baseline_is_an_error_at_its_place(self):
        text = self.file.read_text().replace('"findings": [\n', '"findings": [\n<<<<<<< HEAD\n')
        self.file.write_text(text)
        done = quell(self.shop, "check", status=2)
        self.assertIn("quell-baseline.json:4:1", done.stderr)
        self.assertIn("delete it and run `quell baseline`", done.stderr)
        done = quell(self.shop, "check", "--baseline", "none.json", status=2)
        self.assertIn("there is no baseline `none.json`: `quell baseline --baseline none.json` writes it", done.stderr)


if __name__ == "__main__":
    unittest.main()
