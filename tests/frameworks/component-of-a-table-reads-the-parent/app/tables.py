from collections.abc import Mapping

from django.template.loader import get_template
from django.utils.functional import cached_property
from laces.components import Component


class Cell:
    def __init__(self, column, ship):
        self.column = column
        self.ship = ship

    def render_html(self, parent_context):
        return self.column.show(self.ship)


class Column:
    def __init__(self, name):
        self.name = name

    @cached_property
    def template(self):
        return get_template("app/cell.html")

    def show(self, ship):
        return self.template.render({"value": getattr(ship, self.name)})  # expect[lazy-load-per-row] "Ship.home"


class Table(Component):
    template_name = "app/table.html"

    def __init__(self, columns, ships):
        self.columns = {column.name: column for column in columns}
        self.ships = ships

    def get_context_data(self, parent_context=None):
        return {**super().get_context_data(parent_context), "table": self}

    @property
    def rows(self):
        for ship in self.ships:
            yield Line(self, ship)


class Line(Mapping):
    def __init__(self, table, ship):
        self.table = table
        self.ship = ship

    def __len__(self):
        return len(self.table.columns)

    def __iter__(self):
        yield from self.table.columns

    def __getitem__(self, name):
        return Cell(self.table.columns[name], self.ship)
