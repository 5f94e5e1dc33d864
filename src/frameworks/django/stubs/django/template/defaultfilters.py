"""django.template.defaultfilters: what each filter reads of the value it is given."""


def _as_text(value, *arguments):
    text_of(value)
    return ""


def _plain(value, *arguments):
    return 1


@register.filter
def length(value):
    return len(value)


@register.filter
def length_is(value, argument):
    return len(value) == argument


@register.filter
def pluralize(value, argument=""):
    return ""


@register.filter
def first(value):
    return value[0]


@register.filter
def last(value):
    return value[-1]


@register.filter
def random(value):
    return value[0]


@register.filter
def default(value, argument):
    return value or argument


@register.filter
def default_if_none(value, argument):
    return argument if value is None else value


@register.filter
def yesno(value, argument=None):
    if value:
        return ""
    return ""


@register.filter
def add(value, argument):
    return value + argument


@register.filter
def join(value, argument, autoescape=True):
    for item in value:
        text_of(item)
    return ""


@register.filter
def safeseq(value):
    return [str(item) for item in value]


@register.filter
def escapeseq(value):
    return [str(item) for item in value]


@register.filter
def unordered_list(value, autoescape=True):
    for item in value:
        text_of(item)
    return ""


@register.filter
def dictsort(value, argument):
    return sorted(value, key=lambda item: look_up(item, argument))


@register.filter
def dictsortreversed(value, argument):
    return sorted(value, key=lambda item: look_up(item, argument))


@register.filter
def slice(value, argument):
    return value


@register.filter
def make_list(value):
    text_of(value)
    return [""]


@register.filter
def safe(value):
    text_of(value)
    return ""


register.filter("addslashes", _as_text)
register.filter("capfirst", _as_text)
register.filter("center", _as_text)
register.filter("cut", _as_text)
register.filter("escape", _as_text)
register.filter("escapejs", _as_text)
register.filter("force_escape", _as_text)
register.filter("iriencode", _as_text)
register.filter("json_script", _as_text)
register.filter("linebreaks", _as_text)
register.filter("linebreaksbr", _as_text)
register.filter("linenumbers", _as_text)
register.filter("ljust", _as_text)
register.filter("lower", _as_text)
register.filter("phone2numeric", _as_text)
register.filter("pprint", _as_text)
register.filter("rjust", _as_text)
register.filter("slugify", _as_text)
register.filter("stringformat", _as_text)
register.filter("striptags", _as_text)
register.filter("title", _as_text)
register.filter("truncatechars", _as_text)
register.filter("truncatechars_html", _as_text)
register.filter("truncatewords", _as_text)
register.filter("truncatewords_html", _as_text)
register.filter("upper", _as_text)
register.filter("urlencode", _as_text)
register.filter("urlize", _as_text)
register.filter("urlizetrunc", _as_text)
register.filter("wordcount", _as_text)
register.filter("wordwrap", _as_text)
register.filter("date", _plain)
register.filter("time", _plain)
register.filter("timesince", _plain)
register.filter("timeuntil", _plain)
register.filter("floatformat", _plain)
register.filter("filesizeformat", _plain)
register.filter("divisibleby", _plain)
register.filter("get_digit", _plain)
