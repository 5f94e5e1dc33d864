"""Each fixture runs under the ORM that it is about."""

import tempfile
import unittest
from pathlib import Path

from run import requirement

MODELS = "from sqlalchemy.orm import DeclarativeBase\n"


class Requirements(unittest.TestCase):
    """`requirement` of a fixture of two files."""

    def requirement(self, drive: str, models: str = "") -> tuple[str, tuple[int, int]]:
        """What `requirement` says about a fixture with this `drive.py` and `models.py`."""
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "drive.py").write_text(drive)
            (Path(folder) / "app").mkdir()
            (Path(folder) / "app" / "models.py").write_text(models)
            return requirement(Path(folder))

    def test_django_is_the_default(self):
        self.assertEqual(self.requirement("from seeding import make\n"), ("django", (0, 0)))

    def test_a_version_may_be_asked_for(self):
        self.assertEqual(self.requirement("# requires: django>=6.1\n"), ("django", (6, 1)))
        self.assertEqual(self.requirement("# requires: sqlalchemy\n"), ("sqlalchemy", (0, 0)))

    def test_imports_tell_where_the_header_does_not(self):
        self.assertEqual(self.requirement("from app import models\n", MODELS), ("sqlalchemy", (0, 0)))


if __name__ == "__main__":
    unittest.main()
