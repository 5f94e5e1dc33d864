"""The wheel: built by pip and maturin from the folder of the project, installed into a fresh virtual environment, and run there."""

import os
import re
import sys
import tempfile
import unittest
import venv
import zipfile
from pathlib import Path

from tools import ENVIRONMENT, ROOT, must, run, shop

# The profile in which the tests have built quell already: nothing is compiled twice.
PROFILE = os.environ.get("QUELL_PROFILE", "quick")


class Wheel(unittest.TestCase):
    """Built once."""

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="quell-"))).resolve()
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        cls.build = os.environ | {"PATH": path, "MATURIN_PEP517_ARGS": f"--profile {PROFILE}"}
        pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
        must(
            *pip,
            "--no-deps",
            "--no-build-isolation",
            "--wheel-dir",
            cls.folder / "wheels",
            ".",
            folder=ROOT,
            env=cls.build,
        )
        (cls.wheel,) = (cls.folder / "wheels").glob("*.whl")
        venv.create(cls.folder / "venv", with_pip=True)
        cls.bin = cls.folder / "venv" / "bin"
        must(
            cls.bin / "pip",
            "install",
            "--quiet",
            "--no-index",
            "--disable-pip-version-check",
            cls.wheel,
            folder=cls.folder,
        )

    def test_the_program_runs_from_the_environment(self):
        environment = ENVIRONMENT | {"PATH": f"{self.bin}{os.pathsep}{os.environ['PATH']}"}
        with shop() as folder:
            done = run("quell", "check", "--format", "summary", folder=folder, env=environment)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertRegex(done.stdout, r"^quell fails: 22 at or above low; 22 findings .* in 19 files · hidden: 1 below the confidence\n$")

    def test_the_version_is_that_of_cargo_and_the_licences_are_in_it(self):
        version = re.search(r'^version = "(.*)"$', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)[1]
        self.assertIn(f"quell {version}", must(self.bin / "quell", "--version", folder=self.folder))
        shown = must(self.bin / "pip", "show", "quell-orm", folder=self.folder)
        self.assertIn(f"Version: {version}\n", shown)
        names = zipfile.ZipFile(self.wheel).namelist()
        self.assertEqual(
            {name.rsplit("/")[-1] for name in names if "licenses/" in name}, {"LICENSE-MIT", "LICENSE-APACHE"}
        )
        self.assertTrue(any(name.endswith(".data/scripts/quell") for name in names), names)
        self.assertIn("py3-none-", self.wheel.name)

    def test_the_source_distribution_has_what_a_build_needs_and_no_more(self):
        must(sys.executable, "-m", "maturin", "sdist", "--out", self.folder / "source", folder=ROOT, env=self.build)
        (archive,) = (self.folder / "source").glob("*.tar.gz")
        names = must("tar", "--list", "--file", archive, folder=self.folder).splitlines()
        tops = {name.split("/")[1] for name in names if "/" in name}
        self.assertLessEqual({"Cargo.toml", "Cargo.lock", "build.rs", "src", "queries", "pyproject.toml"}, tops)
        self.assertFalse({"fixtures", "benches", "tests"} & tops)


if __name__ == "__main__":
    unittest.main()
