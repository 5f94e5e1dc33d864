"""What a person at a terminal sees, and a pipe does not; scripts for shells are scripts of those shells."""

import os
import pty
import subprocess
import unittest
from pathlib import Path

from tools import ENVIRONMENT, QUELL, must, quell, shop


def errors_on_a_terminal(folder: Path) -> str:
    """What `quell check` writes to standard error when that is a terminal."""
    ours, theirs = pty.openpty()
    command = [QUELL, "check", "--format", "json"]
    child = subprocess.Popen(
        command, cwd=folder, env=ENVIRONMENT | {"TERM": "xterm"}, stdout=subprocess.DEVNULL, stderr=theirs
    )
    os.close(theirs)
    written = b""
    try:
        while piece := os.read(ours, 4096):
            written += piece
    except OSError:  # Linux says so when the other side is closed.
        pass
    os.close(ours)
    assert child.wait() == 1
    return written.decode()


class Terminal(unittest.TestCase):
    """On a copy of the shop."""

    def setUp(self):
        self.shop = self.enterContext(shop())

    def test_progress_is_shown_on_a_terminal_and_cleared(self):
        written = errors_on_a_terminal(self.shop)
        self.assertIn("following queries", written)
        self.assertTrue(written.endswith("\x1b[2K"), repr(written[-80:]))

    def test_a_pipe_gets_none_of_it(self):
        self.assertEqual(quell(self.shop, "check", "--format", "json", status=1).stderr, "")

    def test_bash_completes_commands_and_options(self):
        script = self.shop / "completions.bash"
        script.write_text(quell(self.shop, "completions", "bash").stdout)
        ask = (
            "source completions.bash; COMP_WORDS=(quell check --sin); COMP_CWORD=2; _quell quell --sin check; "
            'echo "${COMPREPLY[@]}"'
        )
        self.assertEqual(must("bash", "-c", ask, folder=self.shop).strip(), "--since")

    def test_the_manual_page_is_one(self):
        page = quell(self.shop, "man", "check").stdout
        self.assertIn(".SH OPTIONS", page)
        self.assertIn("\\-\\-since", page)


if __name__ == "__main__":
    unittest.main()
