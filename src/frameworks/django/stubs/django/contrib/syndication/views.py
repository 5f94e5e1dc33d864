"""django.contrib.syndication.views: a feed asks each of its items for what it shows; what nobody answers is the item's text."""

# Methods of one item. Source: the reference of the Feed class.
TOLD = (
    "item_title",
    "item_description",
    "item_link",
    "item_guid",
    "item_author_name",
    "item_author_email",
    "item_author_link",
    "item_enclosures",
    "item_pubdate",
    "item_updateddate",
    "item_categories",
    "item_copyright",
    "item_comments",
    "item_extra_kwargs",
)


class Feed:
    def __entry__(self, request):
        self.get_feed(self.get_object(request), request)

    def get_object(self, request, *args, **kwargs):
        return None

    def items(self, obj):
        return []

    def item_title(self, item):
        return text_of(item)

    def item_description(self, item):
        return text_of(item)

    def item_link(self, item):
        return item.get_absolute_url()

    def get_feed(self, obj, request):
        for item in self.items(obj):
            for name in TOLD:
                self._tell(name, item)

    def _tell(self, name, item):
        told = getattr(self, name, None)
        if callable(told):
            text_of(told(item))
