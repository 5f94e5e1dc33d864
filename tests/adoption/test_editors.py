"""What `docs/editors.md` and `editors/` say works in the editors themselves, and the matcher on what quell prints."""

import json
import os
import re
import shutil
import unittest
from pathlib import Path

from tools import ENVIRONMENT, QUELL, ROOT, edit, must, quell, shop

DOCUMENT = (ROOT / "docs" / "editors.md").read_text()
# What the test of each editor needs; the runner says which of them this machine has.
EDITORS = os.environ.get("QUELL_EDITORS", "").split()

WRITE_LIST = """
call writefile(map(getqflist(), {_, one -> json_encode([bufname(one.bufnr), one.lnum, one.col, one.text])}), 'list.txt')
qall!
"""


def concise(folder: Path) -> list[list]:
    """What quell prints, as the quickfix list should have it."""
    lines = quell(folder, "check", "--format", "concise", "--fail-on", "never").stdout.splitlines()
    found = [re.fullmatch(r"(.+?):(\d+):(\d+): (.*)", line) for line in lines]
    return [[one[1], int(one[2]), int(one[3]), one[4]] for one in found]


class Editors(unittest.TestCase):
    """On a copy of the shop."""

    def setUp(self):
        self.shop = self.enterContext(shop())
        self.environment = ENVIRONMENT | {
            "PATH": f"{QUELL.parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.shop),
            "TERM": "dumb",
        }

    def quickfix(self, editor: str, commands: str, *files: str) -> list[list]:
        """The quickfix list after some commands."""
        script = self.shop / "commands.vim"
        runtime = ROOT / "editors" / "vim"
        script.write_text(f"set nomore runtimepath^={runtime}\n{commands}\n{WRITE_LIST}")
        options = ["-u", "NONE", "-es", "-N"] if editor == "vim" else ["-u", "NONE", "--headless"]
        must(editor, *options, *files, "-S", script, folder=self.shop, env=self.environment, timeout=120)
        return [json.loads(line) for line in (self.shop / "list.txt").read_text().splitlines()]

    def test_make_fills_the_quickfix_list(self):
        expected = concise(self.shop)
        self.assertEqual(len(expected), 22)
        edit(self.shop / "shop/urls.py", "urlpatterns = [", "urlpatterns = [  # quell: ignore[lazy-load-per-row]")
        note = ["shop/urls.py", 7, 0, "`quell: ignore[lazy-load-per-row]` silences nothing: it can go"]
        for editor in EDITORS:
            with self.subTest(editor):
                found = self.quickfix(editor, "compiler quell\nsilent make!")
                self.assertEqual(sorted(found), sorted([*expected, note]))

    def test_a_buffer_is_checked_before_it_is_saved(self):
        command = re.search(r"^:(cexpr .*)$", DOCUMENT, re.MULTILINE)[1]
        for editor in EDITORS:
            with self.subTest(editor):
                commands = f'compiler quell\n%s/select_related("customer"):/all():/\nsilent {command}'
                found = self.quickfix(editor, commands, "orders/views.py")
                self.assertTrue(any("`order.customer`" in text for *_, text in found), found)

    def test_the_settings_in_the_document_are_those_of_the_file(self):
        shown = re.findall(r"^set (.*)$", DOCUMENT, re.MULTILINE)
        kept = re.findall(r"^CompilerSet (.*)$", (ROOT / "editors/vim/compiler/quell.vim").read_text(), re.MULTILINE)
        self.assertEqual(shown, kept)

    def test_the_problem_matcher_of_vs_code_reads_every_line(self):
        tasks = json.loads(re.search(r"```json\n(.*?)```", DOCUMENT, re.DOTALL)[1])
        (task,) = tasks["tasks"]
        pattern = task["problemMatcher"]["pattern"]
        command = task["command"].replace("quell", str(QUELL), 1)
        printed = must("bash", "-c", f"{command} || true", folder=self.shop)
        matches = [re.search(pattern["regexp"], line) for line in printed.splitlines()]
        found = [
            [one[pattern["file"]], int(one[pattern["line"]]), int(one[pattern["column"]]), one[pattern["message"]]]
            for one in matches
        ]
        self.assertEqual(found, concise(self.shop))
        self.assertIn("lazy-load-per-row", [one[pattern["code"]] for one in matches])

    def test_the_editors_that_should_be_tried_are_there(self):
        self.assertTrue(EDITORS, "QUELL_EDITORS names the editors to try, as in QUELL_EDITORS='vim nvim'")
        for editor in EDITORS:
            self.assertTrue(shutil.which(editor), editor)


if __name__ == "__main__":
    unittest.main()
