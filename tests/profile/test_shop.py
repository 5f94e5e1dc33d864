"""The sample shop on a real server, driven by real requests: what costs most ranks first, with its true number of calls.

`QUELL_POSTGRES` names the versions of the server: "15" unless it is set.
"""

import json
import os
import unittest

from quell import capture, findings, quell
from servers import Server
from shop import Shop

VERSIONS = [int(version) for version in os.environ.get("QUELL_POSTGRES", "15").split()]
SIZE = 20
REQUESTS = 40
COUNTED = 'children = [{"name": child.name, "products": child.products.count()} for child in category.children.all()]'
TOGETHER = 'children = [{"name": child.name, "products": child.number} for child in category.children.all()]'
PLAIN = 'Category.objects.filter(parent=None).prefetch_related("children")'
ANNOTATED = (
    'Category.objects.filter(parent=None)'
    '.prefetch_related(Prefetch("children", Category.objects.annotate(number=Count("products"))))'
)


def at(found: list[dict], place: str, rule: str) -> dict:
    """The finding of a rule in a file."""
    matching = [finding for finding in found if finding["file"] == place and finding["rule"] == rule]
    assert len(matching) == 1, (place, rule, matching)
    return matching[0]


class OnEveryVersion(unittest.TestCase):
    """Each test runs against each version."""

    def on_each(self, check):
        for version in VERSIONS:
            with self.subTest(postgres=version), Server(version) as server, Shop(server, SIZE) as shop:
                check(shop)

    def test_django(self):
        self.on_each(self.django)

    def django(self, shop: Shop):
        shop.get(*["/categories/"] * REQUESTS, *["/orders/"] * 5, "/customers/1/history.csv")
        profile = capture(shop.code, shop.server.url("shop"))
        self.assertEqual(profile["missing"], [])
        found = findings(shop.code, "profile.json")
        hot = at(found, "catalog/views.py", "count-per-row")
        cold = at(found, "orders/views.py", "lazy-load-per-row")
        shared = at(found, "orders/models.py", "related-query-per-row")
        self.assertIs(found[0], hot)
        self.assertEqual((hot["evidence"]["calls"], hot["severity"]), (SIZE * REQUESTS, "critical"))
        self.assertFalse(hot["evidence"]["up_to"])
        self.assertEqual((cold["evidence"]["calls"], cold["severity"]), (SIZE, "medium"))
        self.assertLess(found.index(hot), found.index(cold))
        # The reports beside the shop may send the same statement for each order: a half each. The one call more is the
        # history's prefetch: for a single parent Django writes `=` in place of `IN`.
        self.assertEqual(shared["evidence"]["statements"][0]["calls"], SIZE * 5 + 1)
        self.assertEqual((shared["evidence"]["calls"], shared["evidence"]["shared_with"]), (SIZE * 5 // 2 + 1, 1))
        self.assertTrue(shared["evidence"]["up_to"])
        self.assertEqual(hot["evidence"]["estimate"]["rows"]["catalog.Category"], SIZE + 1)
        self.shows(shop)
        self.mended(shop)

    def shows(self, shop: Shop):
        """`quell top` has the hot one on its first line, in 80 columns; SARIF ranks it above the others."""
        top = quell(shop.code, "top", "profile.json", "--no-cache").stdout
        table = top.split("\nnote:")[0]
        self.assertLessEqual(max(map(len, table.splitlines())), 80, table)
        first = next(line for line in top.splitlines() if line.startswith("catalog/views.py"))
        self.assertRegex(first, rf"catalog/views.py:30 +count-per-row +{SIZE * REQUESTS} ")
        sarif = quell(shop.code, "check", ".", "--profile", "profile.json", "--format", "sarif", "--no-cache", "--fail-on", "never")
        results = json.loads(sarif.stdout)["runs"][0]["results"]
        dearest = max(results, key=lambda result: result["rank"])
        self.assertEqual(dearest["ruleId"], "count-per-row")
        self.assertTrue(dearest["properties"]["evidence"]["measured"])
        gate = quell(shop.code, "check", ".", "--profile", "profile.json", "--no-cache", "--fail-on", "critical", code=1)
        self.assertIn(f"measured: {SIZE * REQUESTS} calls", " ".join(gate.stdout.split()))

    def mended(self, shop: Shop):
        """After a deployment that mends it the statement is gone."""
        views = shop.code / "catalog/views.py"
        before = views.read_text()
        after = before.replace(COUNTED, TOGETHER).replace(PLAIN, ANNOTATED).replace("Avg, Count", "Avg, Count, Prefetch")
        views.write_text(after)
        shop.forget()
        shop.get(*["/categories/"] * REQUESTS, *["/orders/"] * 5, "/customers/1/history.csv")
        views.write_text(before)
        capture(shop.code, shop.server.url("shop"), "after.json")
        told = quell(shop.code, "profile", "diff", "profile.json", "after.json", ".", "--format", "json").stdout
        gone = [change for change in json.loads(told)["statements"] if change["change"] == "gone"]
        sent = [(finding["file"], finding["line"]) for change in gone for finding in change["findings"]]
        self.assertIn(("catalog/views.py", 30), sent)
        self.assertEqual(max(change["calls"][0] for change in gone), SIZE * REQUESTS)
        text = quell(shop.code, "profile", "diff", "profile.json", "after.json", ".").stdout
        self.assertIn("catalog/views.py:30 count-per-row", text)
        self.assertLessEqual(max(map(len, text.splitlines())), 80)

    def test_sqlalchemy(self):
        self.on_each(self.sqlalchemy)

    def sqlalchemy(self, shop: Shop):
        # Both drivers: psycopg writes a cast behind each parameter, psycopg2 does not.
        shop.report("psycopg2", *["revenue_by_country"] * (REQUESTS // 2))
        shop.report("psycopg", *["revenue_by_country"] * (REQUESTS // 2), "late_orders")
        shop.get("/orders/")
        capture(shop.code, shop.server.url("shop"))
        found = findings(shop.code, "profile.json")
        hot = at(found, "reporting/reports.py", "lazy-load-per-row")
        cold = at(found, "reporting/models.py", "related-query-per-row")
        djangos = at(found, "orders/models.py", "related-query-per-row")
        self.assertIs(found[0], hot)
        self.assertEqual((hot["evidence"]["calls"], hot["severity"]), (SIZE * REQUESTS, "critical"))
        # The parameter on the left of `=` tells SQLAlchemy's own load of a set from Django's query.
        self.assertEqual((cold["evidence"]["calls"], cold["evidence"]["up_to"]), (SIZE, False))
        self.assertEqual((djangos["evidence"]["calls"], djangos["evidence"]["up_to"]), (SIZE, False))


if __name__ == "__main__":
    unittest.main()
