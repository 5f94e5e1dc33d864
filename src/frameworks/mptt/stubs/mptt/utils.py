"""mptt.utils: whole trees from one query, whose rows know their children."""


def get_cached_trees(queryset):
    nodes = list(queryset)
    for node in nodes:
        node._cached_children = nodes
    return nodes
