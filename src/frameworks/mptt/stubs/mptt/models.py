"""mptt.models: what a row says of its place is in its columns; each step to other rows is a query."""

from django.db import models
from mptt.managers import TreeManager


class MPTTModel(models.Model):
    lft = models.PositiveIntegerField(editable=False)
    rght = models.PositiveIntegerField(editable=False)
    tree_id = models.PositiveIntegerField(db_index=True, editable=False)
    level = models.PositiveIntegerField(editable=False)

    objects = TreeManager()

    class Meta:
        abstract = True

    def get_level(self):
        return self.level

    def is_root_node(self):
        return self.level == 0

    def is_child_node(self):
        return not self.is_root_node()

    def is_leaf_node(self):
        return self.rght - self.lft == 1

    def get_descendant_count(self):
        return (self.rght - self.lft - 1) / 2

    def get_children(self):
        if hasattr(self, "_cached_children"):
            return self._cached_children
        if self.is_leaf_node():
            return type(self).objects.none()
        return type(self).objects.filter(parent=self)

    def get_ancestors(self, ascending=False, include_self=False):
        if hasattr(self, "_cached_children"):
            return self._cached_children
        if self.is_root_node():
            return type(self).objects.filter(pk=self.pk) if include_self else type(self).objects.none()
        above = type(self).objects.filter(lft__lte=self.lft, rght__gte=self.rght, tree_id=self.tree_id)
        return above.order_by("lft")

    def get_descendants(self, include_self=False):
        if self.is_leaf_node() and not include_self:
            return type(self).objects.none()
        return type(self).objects.filter(tree_id=self.tree_id, lft__gte=self.lft, lft__lte=self.rght)

    def get_family(self):
        return type(self).objects.filter(tree_id=self.tree_id, lft__range=around(self.lft))

    def get_leafnodes(self, include_self=False):
        return self.get_descendants(include_self).filter(rght=models.F("lft") + 1)

    def get_siblings(self, include_self=False):
        return type(self).objects.filter(parent=self.parent_id, tree_id=self.tree_id)

    def get_next_sibling(self, *filters, **lookups):
        return type(self).objects.filter(*filters, tree_id=self.tree_id, lft__gt=self.rght).first()

    def get_previous_sibling(self, *filters, **lookups):
        return type(self).objects.filter(*filters, tree_id=self.tree_id, rght__lt=self.lft).last()

    def get_root(self):
        if self.is_root_node():
            return self
        return type(self).objects.get(tree_id=self.tree_id, parent=None)
