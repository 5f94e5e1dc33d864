"""The generator writes Python, and the same program for the same seed."""

import unittest

from making import DIALECTS, make


class Making(unittest.TestCase):
    """`make` for both ORMs."""

    def test_a_seed_names_a_program(self):
        for orm in DIALECTS:
            self.assertEqual(make(orm, 5, 17).files, make(orm, 5, 17).files)
            self.assertNotEqual(make(orm, 5, 17).files, make(orm, 6, 17).files)

    def test_what_is_written_is_python(self):
        for orm in DIALECTS:
            for number in range(200):
                for name, text in make(orm, 3, number).files.items():
                    compile(text, name, "exec")


if __name__ == "__main__":
    unittest.main()
