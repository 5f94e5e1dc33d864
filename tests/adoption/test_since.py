"""`quell check --since REV` and `--staged`: the whole project is read, and only what touches changed lines is reported."""

import unittest

from tools import append, commit, edit, findings, git, must, quell, shop

LOOP = '''

def {name}(request):
    """One query per line."""
    return JsonResponse({{"names": [line.product.name for line in OrderLine.objects.all()]}})
'''


class Since(unittest.TestCase):
    """On a branch of the shop."""

    def setUp(self):
        self.shop = self.enterContext(shop())
        git(self.shop, "switch", "--quiet", "--create", "feature")
        self.views = self.shop / "orders/views.py"

    def changed(self, *arguments):
        return sorted((one["enclosing"], one["relation"]) for one in findings(self.shop, *arguments))

    def add(self, name):
        if "OrderLine" not in self.views.read_text():
            edit(self.views, "import Customer, Order\n", "import Customer, Order, OrderLine\n")
        append(self.views, LOOP.format(name=name))

    def test_nothing_changed_nothing_reported(self):
        done = quell(self.shop, "check", "--since", "main")
        self.assertIn("no findings in 19 files · hidden: 1 below the confidence, 22 away from changed lines", done.stdout)

    def test_new_lines_are_reported_committed_or_not_and_lines_above_do_not_disturb(self):
        edit(self.views, '"""Pages about orders."""\n', '"""Pages about orders."""\n\n# A comment.\n# Another.\n')
        self.add("first")
        commit(self.shop, "first")
        self.add("second")
        self.assertEqual(self.changed("--since", "main"), [("first", "product"), ("second", "product")])
        self.assertEqual(self.changed("--since", "HEAD"), [("second", "product")])

    def test_what_others_did_to_the_branch_meanwhile_does_not_count(self):
        self.add("mine")
        commit(self.shop, "mine")
        git(self.shop, "switch", "--quiet", "main")
        edit(self.shop / "catalog/views.py", "    tree = []\n", "    tree = list()\n")
        edit(self.shop / "catalog/views.py", '"products": child.products', '"count": child.products')
        commit(self.shop, "theirs")
        git(self.shop, "switch", "--quiet", "feature")
        self.assertEqual(self.changed("--since", "main"), [("mine", "product")])

    def test_a_change_on_the_way_counts(self):
        edit(self.shop / "catalog/cards.py", '"origin": product.origin,', '"origin": product.origin.strip(),')
        self.assertEqual(self.changed("--since", "main"), [("Product.origin", "supplier")])

    def test_a_change_at_the_origin_counts_for_all_that_is_read(self):
        edit(self.shop / "catalog/views.py", ".exclude(pk=product.pk)", ".exclude(pk=product_id)")
        self.assertEqual(self.changed("--since", "main"), [("Product.origin", "supplier"), ("card", "tags")])

    def test_a_deleted_line_counts(self):
        edit(
            self.views,
            'Order.objects.select_related("customer"):',
            '(\n        Order.objects.all()\n        .select_related("customer")\n    ):',
        )
        commit(self.shop, "broken into lines")
        edit(self.views, '        .select_related("customer")\n', "")
        self.assertIn(("order_list", "customer"), self.changed("--since", "HEAD"))

    def test_a_template_counts(self):
        edit(
            self.views, 'name, "total": order.total()})\n    return render', 'name, "order": order})\n    return render'
        )
        template = self.shop / "orders/templates/orders/order_list.html"
        commit(self.shop, "the template gets the order")
        self.assertEqual(self.changed("--since", "HEAD"), [])
        edit(template, "{{ order.total }}", "{{ order.order.total }}")
        self.assertEqual(self.changed("--since", "HEAD"), [("Order.total", "lines")])

    def test_a_moved_file_is_no_change_and_a_new_one_is(self):
        git(self.shop, "mv", "orders/services.py", "orders/ordering.py")
        edit(self.views, "from . import services", "from . import ordering as services")
        commit(self.shop, "moved")
        self.assertEqual(self.changed("--since", "main"), [])
        (self.shop / "orders/extra.py").write_text(
            "from .models import Order\n\n\ndef names():\n    return [one.customer.name for one in Order.objects.all()]\n"
        )
        self.assertEqual(self.changed("--since", "main"), [("names", "customer")])

    def test_staged_lines_are_found_below_lines_that_are_not(self):
        self.add("staged")
        git(self.shop, "add", "orders/views.py")
        edit(self.views, '"""Pages about orders."""\n', '"""Pages about orders."""\n\n# Not staged.\n# Not staged.\n')
        self.add("unstaged")
        self.assertEqual(self.changed("--staged"), [("staged", "product")])
        git(self.shop, "reset", "--quiet")
        self.assertEqual(self.changed("--staged"), [])

    def test_the_folder_does_not_matter(self):
        self.add("mine")
        names = [one["enclosing"] for one in findings(self.shop / "catalog", "../orders", "--since", "main")]
        self.assertEqual(names, ["mine"])

    def test_what_git_does_not_know_is_an_error(self):
        done = quell(self.shop, "check", "--since", "mian", status=2)
        self.assertIn("git knows no revision `mian`", done.stderr)
        must("rm", "-rf", ".git", folder=self.shop)
        done = quell(self.shop, "check", "--since", "main", status=2)
        self.assertIn("is in no git repository: changed lines are asked of git", done.stderr)


if __name__ == "__main__":
    unittest.main()
