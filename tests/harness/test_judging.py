"""The harness fails where it should: a fixture whose marks lie is not let through."""

import tempfile
import unittest
from pathlib import Path

from judging import judge
from marks import Statements, read_marks

VIEW = """\
def shelf():
    for book in books():
        print(
            book.title,
            book.author.name,
        )
"""


def measured(*, growing: dict[int, int], executed: list[int], after: dict[str, int] | None = None) -> dict[str, dict]:
    """A measurement: queries per row for each line, and the lines that ran."""
    result = {}
    for size in (3, 5, 7):
        queries = [["app/views.py", line, 1 + factor * size] for line, factor in growing.items()]
        entry = {"queries": queries, "executed": [["app/views.py", line] for line in executed]}
        result[str(size)] = {"run": entry}
        if after:
            mended = [["app/views.py", 2, after[str(size)]]]
            result[str(size)]["run_after"] = {"queries": mended, "executed": []}
    return result


class Judging(unittest.TestCase):
    """`judge` on a fixture of one file."""

    def problems(self, source: str, measurement: dict[str, dict]) -> list[str]:
        """What `judge` says about a fixture with this `views.py`."""
        with tempfile.TemporaryDirectory() as folder:
            app = Path(folder) / "app"
            app.mkdir()
            (app / "views.py").write_text(source)
            return judge(Path(folder), measurement)

    def test_a_mark_anywhere_on_the_growing_statement_is_true(self):
        marked = VIEW.replace("author.name,", 'author.name,  # expect[lazy-load-per-row] "Book.author"')
        self.assertEqual(self.problems(marked, measured(growing={3: 1, 2: 0}, executed=[2, 3, 4, 5])), [])

    def test_a_growing_line_needs_a_mark(self):
        (problem,) = self.problems(VIEW, measured(growing={5: 1}, executed=[2, 5]))
        self.assertIn("grows without a mark", problem)

    def test_a_marked_line_must_grow(self):
        marked = VIEW.replace("books():", 'books():  # expect[query-per-row] "Book"')
        (problem,) = self.problems(marked, measured(growing={2: 0}, executed=[2, 3]))
        self.assertIn("does not grow", problem)

    def test_a_marked_line_must_run(self):
        marked = VIEW.replace("books():", "books():  # expect-wrong[query-per-row] why")
        (problem,) = self.problems(marked, measured(growing={}, executed=[3]))
        self.assertIn("never ran", problem)

    def test_a_known_false_alarm_must_not_grow(self):
        marked = VIEW.replace("books():", "books():  # expect-wrong[query-per-row] why")
        (problem,) = self.problems(marked, measured(growing={2: 1}, executed=[2]))
        self.assertIn("grows without a mark", problem)

    def test_the_mended_version_must_be_constant(self):
        measurement = measured(growing={}, executed=[], after={"3": 4, "5": 6, "7": 8})
        (problem,) = self.problems(VIEW, measurement)
        self.assertIn("the mended version grows", problem)


class Marks(unittest.TestCase):
    """Where a mark points to."""

    def test_a_mark_alone_on_a_line_means_the_next_line_of_code(self):
        source = 'x = 1\n# expect[a-per-row] "A.b"; expect[c-per-row] "A.d"\n# and why\n\ny = 2\n'
        self.assertEqual([(mark.rule, mark.line) for mark in read_marks(source)], [("a-per-row", 5), ("c-per-row", 5)])

    def test_marks_in_strings_are_none(self):
        self.assertEqual(read_marks('text = "# expect[a-per-row]"\n'), [])

    def test_a_header_is_a_statement_of_its_own(self):
        statements = Statements(VIEW)
        self.assertEqual([statements.at(line) for line in range(1, 7)], [1, 2, 3, 3, 3, 3])


if __name__ == "__main__":
    unittest.main()
