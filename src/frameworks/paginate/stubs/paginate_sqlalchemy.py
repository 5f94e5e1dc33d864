"""paginate_sqlalchemy: a page counts what it is given, unless told how much that is, and reads its slice at once."""


class SqlalchemyOrmPage(list):
    def __init__(self, collection, page=1, items_per_page=20, item_count=None, url_maker=None, **options):
        self.page = page
        self.items_per_page = items_per_page
        self.item_count = collection.count() if item_count is None else item_count
        self.items = collection.limit(items_per_page).all()

    def __iter__(self):
        for item in self.items:
            yield item

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        return self.items[index]
