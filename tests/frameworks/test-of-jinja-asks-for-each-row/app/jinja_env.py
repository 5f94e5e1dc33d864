from jinja2 import Environment

from .models import Course


def is_full(course: Course):
    return course.signups.count() >= course.seats  # expect[count-per-row] "Course.signups"


def environment(**options):
    env = Environment(**options)
    env.tests["full"] = is_full
    return env
