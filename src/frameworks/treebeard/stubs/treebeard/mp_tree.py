"""treebeard.mp_tree: a node's path tells of all that is above and below it, its row how many children there are."""

from django.db import models
from treebeard.models import Node


class MP_NodeQuerySet(models.QuerySet):
    pass


class MP_NodeManager(models.Manager):
    def get_queryset(self):
        return MP_NodeQuerySet(self.model).order_by("path")


class MP_Node(Node):
    path = models.CharField(max_length=255, unique=True)
    depth = models.PositiveIntegerField()
    numchild = models.PositiveIntegerField(default=0)

    objects = MP_NodeManager()

    class Meta:
        abstract = True

    @classmethod
    def get_tree(cls, parent=None):
        if parent is None:
            return cls.objects.all()
        return cls.objects.filter(path__startswith=parent.path, depth__gte=parent.depth).order_by("path")

    @classmethod
    def get_root_nodes(cls):
        return cls.objects.filter(depth=1).order_by("path")

    def add_child(self, **kwargs):
        type(self).objects.filter(path=self.path).update(numchild=self.numchild + 1)
        return self.add_root(**kwargs)

    def is_root(self):
        return self.depth == 1

    def is_leaf(self):
        return self.numchild == 0

    def get_children(self):
        if self.is_leaf():
            return type(self).objects.none()
        return type(self).objects.filter(depth=self.depth + 1, path__range=below(self.path)).order_by("path")

    def get_children_count(self):
        return self.numchild

    def get_siblings(self):
        return type(self).objects.filter(depth=self.depth, path__range=beside(self.path)).order_by("path")

    def get_descendants(self, include_self=False):
        if self.is_leaf():
            return type(self).objects.none()
        return self.get_tree(self).exclude(pk=self.pk)

    def get_ancestors(self):
        if self.is_root():
            return type(self).objects.none()
        return type(self).objects.filter(path__in=above(self.path)).order_by("depth")

    def get_root(self):
        return type(self).objects.get(path=above(self.path))

    def get_parent(self, update=False):
        if self.is_root():
            return None
        if update or not hasattr(self, "_cached_parent_obj"):
            self._cached_parent_obj = type(self).objects.get(path=above(self.path))
        return self._cached_parent_obj
