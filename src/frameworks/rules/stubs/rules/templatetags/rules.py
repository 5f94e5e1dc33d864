"""rules.templatetags.rules"""

from rules.rulesets import test_rule as judge


@register.simple_tag
def test_rule(name, obj=None, target=None):
    return judge(name, obj, target)


@register.simple_tag
def has_perm(perm, user, obj=None):
    return user.has_perm(perm, obj)
