"""django_tables2.tables: declared columns and those of the model, for each row."""

from django_tables2.columns import Column, ManyToManyColumn

DECLARED_IN = ("Meta.fields", "Meta.model")


class Table:
    def __init__(self, data=None, **options):
        self.data = data

    def columns(self):
        declared = declared_fields(type(self), Column)
        meta = declared_value(type(self), "Meta", None)
        model = declared_value(meta, "model", None)
        if model is None:
            return declared
        columns = {}
        chosen = declared_value(meta, "fields", None)
        for name in selected_names(chosen, declared_value(meta, "exclude", ()), declared, model_fields(model)):
            if name not in declared:
                columns[name] = ManyToManyColumn() if relation_kind(model, name) == "many-to-many" else Column()
        for name in declared:
            columns[name] = declared[name]
        return columns

    def paginate(self, per_page=25, **options):
        self.data = page(self.data, per_page)
        return self

    def as_html(self, request):
        columns = self.columns()
        for row in self.data:
            for name, column in columns.items():
                at_declaration(self, (name,) + DECLARED_IN, column.cell, self, name, row)
        return ""
