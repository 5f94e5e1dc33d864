import rules

from .models import Hive


@rules.predicate
def is_awake(user):
    return user.is_active


@rules.predicate
def keeps(user, hive):
    return hive.keepers.filter(pk=user.pk).exists()  # expect[count-per-row]


@rules.predicate(bind=True)
def visits(self, user, hive):
    return user in hive.visitors.all()  # expect[related-query-per-row]


@rules.predicate
def is_named(user, hive):
    return bool(hive.name)


rules.add_perm("app.open_hive", is_awake & (keeps | ~visits))
rules.add_perm("app.see_hive", is_awake & is_named)
