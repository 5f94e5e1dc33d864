"""The hooks under the real pre-commit: a commit that adds an N+1 is stopped, one that doesn't passes."""

import json
import os
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

from tools import ENVIRONMENT, QUELL, ROOT, append, commit, edit, git, must, quell, run, shop

# pre-commit installs the repository that holds the hooks. Building quell from source takes minutes and is what
# `test_wheel.py` does, so this package stands in for the source: it brings the program that is tested.
SETUP = """
from setuptools import setup
setup(name="quell-orm", version="0", py_modules=[], scripts=["quell"])
"""

CONFIG = """
repos:
  - repo: {repository}
    rev: v1
    hooks:
      - id: {hook}
        args: {arguments}
"""


class PreCommit(unittest.TestCase):
    """In a repository with the shop, whose findings are accepted."""

    @classmethod
    def setUpClass(cls):
        made = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="quell-"))
        cls.repository = Path(made).resolve() / "hooks"
        cls.repository.mkdir()
        shutil.copy(ROOT / ".pre-commit-hooks.yaml", cls.repository)
        (cls.repository / "setup.py").write_text(SETUP)
        (cls.repository / "quell").write_text(f'#!/bin/sh\nexec "{QUELL}" "$@"\n')
        git(cls.repository, "init", "--quiet")
        commit(cls.repository, "the hooks")
        git(cls.repository, "tag", "v1")
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        cls.environment = ENVIRONMENT | {"PRE_COMMIT_HOME": f"{made}/kept", "PATH": path}

    def setUp(self):
        self.shop = self.enterContext(shop())

    def install(self, hook: str = "quell", arguments: str = "[]") -> None:
        text = CONFIG.format(repository=self.repository, hook=hook, arguments=arguments)
        (self.shop / ".pre-commit-config.yaml").write_text(text)
        git(self.shop, "add", ".pre-commit-config.yaml")
        must(sys.executable, "-m", "pre_commit", "install", folder=self.shop, env=self.environment)

    def commit(self):
        git(self.shop, "add", "--all")
        return run("git", "commit", "--message", "an edit", folder=self.shop, env=self.environment)

    def add_a_loop(self) -> None:
        append(
            self.shop / "catalog/views.py",
            "\n\ndef makers(request):\n    found = Product.objects.available()\n"
            '    return JsonResponse({"from": [one.supplier.name for one in found]})\n',
        )

    def test_a_commit_with_an_n_plus_1_is_stopped_and_one_without_passes(self):
        quell(self.shop, "baseline")
        self.install()
        edit(self.shop / "catalog/views.py", '"""Pages about products."""', '"""Pages about all products."""')
        done = self.commit()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stderr + done.stdout, r"quell\.+Passed")
        self.add_a_loop()
        done = self.commit()
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        printed = done.stdout + done.stderr
        self.assertRegex(printed, r"quell\.+Failed")
        self.assertIn("critical[lazy-load-per-row]: `one.supplier` runs one query per", printed)
        self.assertIn('help: add `.select_related("supplier")` to the query on line 45 of', printed)
        self.assertIn("1 finding (1 critical) in 19 files · hidden: 22 in the baseline", printed)
        edit(
            self.shop / "catalog/views.py",
            "    found = Product.objects.available()\n",
            '    found = Product.objects.available().select_related("supplier")\n',
        )
        done = self.commit()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_without_a_baseline_only_lines_of_the_commit_count(self):
        self.install(arguments="[--staged]")
        append(self.shop / "catalog/views.py", "\n\nPAGE = 20\n")
        done = self.commit()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.add_a_loop()
        git(self.shop, "add", "--all")
        # What is not staged is put aside by pre-commit while the hook runs.
        edit(self.shop / "catalog/views.py", '"""Pages about products."""', '"""Pages about products."""\n\n# Later.')
        done = run("git", "commit", "--message", "an edit", folder=self.shop, env=self.environment)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn(
            "1 finding (1 critical) in 19 files · hidden: 1 below the confidence, 22 away from changed lines", done.stdout + done.stderr
        )

    def test_the_other_hook_leaves_a_log(self):
        self.install("quell-sarif", "[--fail-on, never]")
        append(self.shop / "catalog/views.py", "\n\nPAGE = 20\n")
        done = self.commit()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        log = json.loads((self.shop / "quell.sarif").read_text())
        self.assertEqual(len(log["runs"][0]["results"]), 22)

    def test_files_that_cannot_matter_do_not_run_it(self):
        self.install()
        (self.shop / "notes.md").write_text("nothing\n")
        done = self.commit()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("(no files to check)", done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
