"""jinja2.tests: a test says something unknown."""


def test(value, *arguments):
    return unknown_answer
