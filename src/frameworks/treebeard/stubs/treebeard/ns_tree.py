"""treebeard.ns_tree: a node's two numbers enclose those of all that is below it."""

from django.db import models
from treebeard.models import Node


class NS_NodeQuerySet(models.QuerySet):
    pass


class NS_NodeManager(models.Manager):
    def get_queryset(self):
        return NS_NodeQuerySet(self.model).order_by("tree_id", "lft")


class NS_Node(Node):
    lft = models.PositiveIntegerField(db_index=True)
    rgt = models.PositiveIntegerField(db_index=True)
    tree_id = models.PositiveIntegerField(db_index=True)
    depth = models.PositiveIntegerField(db_index=True)

    objects = NS_NodeManager()

    class Meta:
        abstract = True

    @classmethod
    def get_tree(cls, parent=None):
        if parent is None:
            return cls.objects.all()
        return cls.objects.filter(tree_id=parent.tree_id, lft__range=(parent.lft, parent.rgt - 1))

    @classmethod
    def get_root_nodes(cls):
        return cls.objects.filter(lft=1)

    def is_root(self):
        return self.lft == 1

    def is_leaf(self):
        return self.rgt - self.lft == 1

    def get_children(self):
        return self.get_descendants().filter(depth=self.depth + 1)

    def get_siblings(self):
        return type(self).objects.filter(tree_id=self.tree_id, depth=self.depth)

    def get_descendants(self, include_self=False):
        if self.is_leaf():
            return type(self).objects.none()
        return self.get_tree(self).exclude(pk=self.pk)

    def get_descendant_count(self):
        return (self.rgt - self.lft - 1) / 2

    def get_ancestors(self):
        if self.is_root():
            return type(self).objects.none()
        return type(self).objects.filter(tree_id=self.tree_id, lft__lt=self.lft, rgt__gt=self.rgt)

    def get_root(self):
        return type(self).objects.get(tree_id=self.tree_id, lft=1)

    def get_parent(self, update=False):
        if self.is_root():
            return None
        if update or not hasattr(self, "_cached_parent_obj"):
            self._cached_parent_obj = self.get_ancestors().reverse()[0]
        return self._cached_parent_obj
