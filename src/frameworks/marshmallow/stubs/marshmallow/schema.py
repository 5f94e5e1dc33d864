"""marshmallow.schema"""

from marshmallow.base import Field


class Schema:
    def __init__(self, only=None, exclude=(), many=False, context=None, load_only=(), **options):
        self.only = only
        self.exclude = exclude
        self.many = many
        self.context = context

    def dump(self, obj, many=None):
        if many or self.many:
            return [self.dump_one(item) for item in all_of(obj)]
        return self.dump_one(obj)

    def dumps(self, obj, many=None):
        return self.dump(obj, many=many)

    def dump_one(self, obj):
        declared = declared_fields(type(self), Field)
        dumped = {}
        for name in selected_names(self.only, self.exclude, declared, ()):
            field = declared[name]
            if not field.load_only:
                dumped[name] = field.dumped(self, name, obj)
        return dumped
