"""A release says from which commit it was built: the build script, compiled by itself, tells the compiler."""

import tempfile
import unittest
from pathlib import Path

from tools import ENVIRONMENT, ROOT, commit, git, must


class BuiltFrom(unittest.TestCase):
    """A package with nothing but what the build script reads, in a repository."""

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(cls.enterClassContext(tempfile.TemporaryDirectory(prefix="quell-"))).resolve()
        cls.script = cls.folder / "build-script"
        must("rustc", "--edition", "2024", "-o", cls.script, ROOT / "build.rs", folder=cls.folder)
        cls.package = cls.folder / "package"
        for needed in ("queries", "src/frameworks"):
            (cls.package / needed).mkdir(parents=True)
        git(cls.package, "init", "--quiet")
        (cls.package / "Cargo.toml").write_text("")
        commit(cls.package, "the package")
        cls.commit = git(cls.package, "rev-parse", "HEAD").strip()

    def told(self, profile: str, **more: str) -> tuple[str, str]:
        """What stands behind the version, and all that the script prints."""
        out = self.folder / "target" / profile / "build/quell-0/out"
        out.mkdir(parents=True, exist_ok=True)
        variables = {"CARGO_MANIFEST_DIR": str(self.package), "OUT_DIR": str(out)}
        printed = must(self.script, folder=self.package, env=ENVIRONMENT | variables | more)
        (line,) = [line for line in printed.splitlines() if "QUELL_BUILT_FROM=" in line]
        return line.partition("QUELL_BUILT_FROM=")[2], printed

    def test_a_release_names_its_commit_and_is_built_anew_after_the_next(self):
        built_from, printed = self.told("release")
        self.assertEqual(built_from, f" ({self.commit[:9]})")
        (watched,) = [line for line in printed.splitlines() if line.endswith("logs/HEAD")]
        self.assertTrue(Path(watched.partition("rerun-if-changed=")[2]).is_file())

    def test_other_builds_do_not(self):
        self.assertEqual(self.told("quick")[0], "")

    def test_a_build_without_a_repository_may_be_told(self):
        self.assertEqual(self.told("quick", QUELL_COMMIT="0123456789abcdef")[0], " (012345678)")


if __name__ == "__main__":
    unittest.main()
