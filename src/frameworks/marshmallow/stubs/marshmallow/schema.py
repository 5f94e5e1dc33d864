"""marshmallow.schema"""

from marshmallow.base import Field, both


class Schema:
    def __init__(self, only=None, exclude=(), many=False, context=None, load_only=(), **options):
        self.only = only
        self.exclude = exclude
        self.many = many
        self.context = context

    def narrowed(self, only, exclude):
        if only is None and not exclude:
            return self
        return type(self)(only=both(self.only, only), exclude=(*self.exclude, *exclude), many=self.many, context=self.context)

    def dump(self, obj, many=None, **options):
        if many or self.many:
            return [self.dump_one(item) for item in all_of(obj)]
        return self.dump_one(obj)

    def dumps(self, obj, many=None, **options):
        return self.dump(obj, many=many)

    def load(self, data, many=None, **options):
        if many or self.many:
            return [self.load_one(item) for item in data]
        return self.load_one(data)

    def loads(self, data, many=None, **options):
        return self.load(anything(), many=many)

    def load_one(self, data):
        loaded = anything()
        for name in decorated_methods(type(self), ("post_load",)):
            loaded = getattr(self, name)(loaded)
        return loaded

    def dump_one(self, obj):
        declared = self.fields_of(declared_fields(type(self), Field, self.only))
        for name in dotted_names(self.only, self.exclude):
            if name in declared:
                only = names_below(self.only, name) or None
                declared[name] = declared[name].narrowed(only, names_below(self.exclude, name))
        meta = declared_value(type(self), "Meta", None)
        chosen = selected_names(
            declared_value(meta, "fields", None), declared_value(meta, "exclude", ()), declared, declared_value(meta, "additional", ())
        )
        dumped = {}
        for name in selected_names(self.only, self.exclude, chosen, ()):
            if name in declared:
                field = declared[name]
                if not field.load_only:
                    dumped[name] = by_way_of(type(self), (name,), field.dumped, self, name, obj)
        return dumped

    def fields_of(self, declared):
        return declared
