"""treebeard.models: what all kinds of trees have. Each step to another node is a query of its own."""

from django.db import models


class Node(models.Model):
    class Meta:
        abstract = True

    @classmethod
    def add_root(cls, **kwargs):
        node = kwargs.get("instance") or cls(**kwargs)
        node.save()
        return node

    @classmethod
    def get_first_root_node(cls):
        return cls.get_root_nodes().first()

    @classmethod
    def get_last_root_node(cls):
        return cls.get_root_nodes().last()

    def add_child(self, **kwargs):
        return self.add_root(**kwargs)

    def add_sibling(self, pos=None, **kwargs):
        return self.add_root(**kwargs)

    def get_depth(self):
        return self.depth

    def get_children_count(self):
        return self.get_children().count()

    def get_descendant_count(self):
        return self.get_descendants().count()

    def get_first_child(self):
        return self.get_children().first()

    def get_last_child(self):
        return self.get_children().last()

    def get_first_sibling(self):
        return self.get_siblings().first()

    def get_last_sibling(self):
        return self.get_siblings().last()

    def get_prev_sibling(self):
        return self.get_siblings().filter(before(self)).last()

    def get_next_sibling(self):
        return self.get_siblings().filter(after(self)).first()
