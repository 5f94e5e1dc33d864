"""mptt.templatetags.mptt_tags"""

from mptt.utils import get_cached_trees


@register.filter
def cache_tree_children(queryset):
    return get_cached_trees(queryset)
