"""jinja2.tests: a test says something unknown."""


def test(value):
    return unknown_answer
