"""django_tables2: a table reads its columns of every row that it shows."""

from django_tables2.columns import Column, LinkColumn, ManyToManyColumn, TemplateColumn
from django_tables2.tables import Table
from django_tables2.views import MultiTableMixin, SingleTableMixin, SingleTableView
