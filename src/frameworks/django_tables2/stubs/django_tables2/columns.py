"""django_tables2.columns: what a cell reads of its row."""


class Column:
    def __init__(self, verbose_name=None, accessor=None, linkify=False, **options):
        self.accessor = accessor
        self.linkify = linkify

    def cell(self, table, name, row):
        value = attribute_path(row, self.accessor or name)
        if defines(table, "value_" + name):
            getattr(table, "value_" + name)(value=value, record=row)
        if defines(table, "render_" + name):
            text_of(called_with(getattr(table, "render_" + name), value, row))
        else:
            text_of(self.render(value))
        if self.linkify is True:
            (row if relation_kind(row, name) is None else value).get_absolute_url()

    def render(self, value):
        return value


class LinkColumn(Column):
    def __init__(self, viewname=None, **options):
        super().__init__(**options)


class ManyToManyColumn(Column):
    def render(self, value):
        for item in value.all():
            text_of(item)
        return ""


class TemplateColumn(Column):
    def __init__(self, template_code=None, template_name=None, extra_context=None, **options):
        super().__init__(**options)
        self.template_name = template_name

    def cell(self, table, name, row):
        render_template(self.template_name, {"record": row, "table": table}, None)


def called_with(method, value, row):
    """A method asks by name for what it wants to know."""
    given = {"value": value, "record": row}
    wanted = {name: given[name] for name in parameters_of(method) if name in given}
    return method(**wanted)
