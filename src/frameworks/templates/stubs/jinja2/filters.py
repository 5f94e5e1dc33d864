"""jinja2.filters: what each filter reads of the value it is given."""


def sort(value, reverse=False, case_sensitive=False, attribute=None):
    return sorted(value, key=lambda item: _part(item, attribute))


def _part(item, attribute):
    return item if attribute is None else attribute_path(item, attribute)


def groupby(value, attribute, default=None, case_sensitive=False):
    return [(_part(item, attribute), [item]) for item in value]


def map(value, filter=None, *arguments, attribute=None, default=None):
    return [_part(item, attribute) for item in value]


def select(value, *arguments):
    return [item for item in value]


def reject(value, *arguments):
    return [item for item in value]


def selectattr(value, attribute, *arguments):
    return [item for item in value if [attribute_path(item, attribute)]]


def rejectattr(value, attribute, *arguments):
    return [item for item in value if [attribute_path(item, attribute)]]


def join(value, d="", attribute=None):
    for item in value:
        text_of(_part(item, attribute))
    return ""


def sum(value, attribute=None, start=0):
    for item in value:
        _part(item, attribute)
    return 1


def max(value, case_sensitive=False, attribute=None):
    return sort(value, attribute=attribute)[0]


def min(value, case_sensitive=False, attribute=None):
    return sort(value, attribute=attribute)[0]


def unique(value, case_sensitive=False, attribute=None):
    return [item for item in value if [_part(item, attribute)]]


def batch(value, linecount, fill_with=None):
    return [[item] for item in value]


def slice(value, slices, fill_with=None):
    return [[item] for item in value]


def length(value):
    return len(value)


def count(value):
    return len(value)


def first(value):
    for item in value:
        return item


def last(value):
    return list(value)[-1]


def random(value):
    return value[0]


def list(value):
    return [item for item in value]


def reverse(value):
    return [item for item in value]


def items(value):
    return value.items()


def dictsort(value, *arguments, **keywords):
    return value.items()


def attr(value, name):
    return attribute_path(value, name)


def default(value, default_value="", boolean=False):
    return value or default_value


def d(value, default_value="", boolean=False):
    return value or default_value


def tojson(value, indent=None):
    return ""


def safe(value):
    text_of(value)
    return ""


def string(value):
    text_of(value)
    return ""


def e(value):
    text_of(value)
    return ""


def escape(value):
    text_of(value)
    return ""


def lower(value):
    text_of(value)
    return ""


def upper(value):
    text_of(value)
    return ""


def title(value):
    text_of(value)
    return ""


def capitalize(value):
    text_of(value)
    return ""


def trim(value, chars=None):
    text_of(value)
    return ""


def truncate(value, *arguments, **keywords):
    text_of(value)
    return ""


def urlize(value, *arguments, **keywords):
    text_of(value)
    return ""


def int(value, default=0, base=10):
    return 1


def float(value, default=0.0):
    return 1


def abs(value):
    return 1


def round(value, *arguments):
    return 1
