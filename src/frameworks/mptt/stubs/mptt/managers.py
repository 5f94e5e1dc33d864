"""mptt.managers: rows in the order of their trees."""

from django.db import models


class TreeManager(models.Manager):
    def get_queryset(self):
        return super().get_queryset().order_by("tree_id", "lft")

    def root_node(self, tree_id):
        return self.get(tree_id=tree_id, level=0)

    def root_nodes(self):
        return self.filter(level=0)

    def get_queryset_descendants(self, queryset, include_self=False):
        list(queryset)
        return self.filter(lft__range=below(queryset))

    def get_queryset_ancestors(self, queryset, include_self=False):
        list(queryset)
        return self.filter(lft__range=above(queryset))
