"""rules.rulesets: predicates under names of any kind."""


def add_rule(name, pred):
    pass


def set_rule(name, pred):
    pass


def remove_rule(name):
    pass


def rule_exists(name):
    return anything()


def test_rule(name, *arguments):
    return sparingly(judged, name, *arguments)


def judged(name, *arguments):
    for found in [given(add_rule, name), given(set_rule, name)]:
        if found is not None:
            bool(found(*arguments))
    return anything()


class RuleSet(dict):
    def add_rule(self, name, pred):
        self[name] = pred

    set_rule = add_rule

    def rule_exists(self, name):
        return name in self

    def remove_rule(self, name):
        del self[name]

    def test_rule(self, name, *arguments):
        return name in self and self[name].test(*arguments)
