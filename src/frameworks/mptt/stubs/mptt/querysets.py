"""mptt.querysets: the whole branches of the rows of a queryset, which is asked for them first."""

from django.db import models


class TreeQuerySet(models.QuerySet):
    def get_descendants(self, include_self=False):
        list(self)
        return self.model._default_manager.filter(lft__range=below(self)).order_by("tree_id", "lft")

    def get_ancestors(self, include_self=False):
        list(self)
        return self.model._default_manager.filter(lft__range=above(self)).order_by("tree_id", "lft")
