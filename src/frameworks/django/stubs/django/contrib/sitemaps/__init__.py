"""django.contrib.sitemaps: each item of a page is asked for its address and what else its sitemap tells of it."""

from django.core.paginator import Paginator

TOLD = ("location", "lastmod", "priority", "changefreq")


class Sitemap:
    limit = 50000
    priority = None
    changefreq = None
    lastmod = None

    def __entry__(self, request):
        self.get_urls()

    def items(self):
        return []

    def location(self, item):
        return item.get_absolute_url()

    @property
    def paginator(self):
        return Paginator(self.items(), self.limit)

    def get_urls(self, page=1, site=None, protocol=None):
        for item in self.paginator.page(page).object_list:
            for name in TOLD:
                if defines(self, name):
                    told = getattr(self, name)
                    if callable(told):
                        told(item)
                elif name == "location":
                    self.location(item)


class GenericSitemap(Sitemap):
    def __init__(self, info_dict, priority=None, changefreq=None, protocol=None):
        self.queryset = info_dict["queryset"]

    def items(self):
        return self.queryset.filter()
