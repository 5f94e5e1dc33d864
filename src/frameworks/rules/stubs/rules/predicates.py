"""rules.predicates: functions about a user and an object, and what `&`, `|`, `^` and `~` make of them."""


class Predicate:
    def __init__(self, function, name=None, bind=False):
        self.function = function
        self.bind = bind

    def __call__(self, *arguments, **keywords):
        if self.bind:
            return self.function(self, *arguments, **keywords)
        return self.function(*arguments, **keywords)

    def test(self, *arguments):
        return bool(self(*arguments))

    def __and__(self, other):
        return Both(self, other)

    def __or__(self, other):
        return Either(self, other)

    def __xor__(self, other):
        return OnlyOne(self, other)

    def __invert__(self):
        return Opposite(self)


class Pair(Predicate):
    def __init__(self, left, right):
        self.left = left
        self.right = right


class Both(Pair):
    def __call__(self, *arguments):
        return self.left(*arguments) and self.right(*arguments)


class Either(Pair):
    def __call__(self, *arguments):
        return self.left(*arguments) or self.right(*arguments)


class OnlyOne(Pair):
    def __call__(self, *arguments):
        return bool(self.left(*arguments)) != bool(self.right(*arguments))


class Opposite(Predicate):
    def __init__(self, of):
        self.of = of

    def __call__(self, *arguments):
        return not self.of(*arguments)


def predicate(fn=None, name=None, bind=False):
    if is_function(fn):
        return Predicate(fn, name, bind)
    return lambda function: Predicate(function, name, bind)


always_true = Predicate(lambda: True)
always_false = Predicate(lambda: False)
always_allow = always_true
always_deny = always_false


@predicate
def is_authenticated(user):
    return user.is_authenticated


@predicate
def is_superuser(user):
    return user.is_superuser


@predicate
def is_staff(user):
    return user.is_staff


@predicate
def is_active(user):
    return user.is_active


def is_group_member(*groups):
    @predicate
    def is_member(user):
        if not hasattr(user, "_group_names_cache"):
            user._group_names_cache = set(user.groups.values_list("name", flat=True))
        return anything()

    return is_member
