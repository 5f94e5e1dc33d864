"""django_tables2.views: lists that show a table, a page of 25 rows at a time."""

from django.views.generic.list import ListView


class SingleTableMixin:
    table_class = None
    table_data = None
    table_pagination = None
    paginate_by = None

    def get_table_class(self):
        return self.table_class

    def get_table_data(self):
        return self.object_list if self.table_data is None else self.table_data

    def get_table_kwargs(self):
        return {}

    def get_table_pagination(self, table):
        return {}

    def get_table(self, **keywords):
        table = self.get_table_class()(data=self.get_table_data(), **keywords)
        if self.table_pagination is not False:
            table.paginate(per_page=self.paginate_by or 25)
        return table

    def get_context_data(self, **keywords):
        context = super().get_context_data(**keywords)
        context["table"] = self.get_table(**self.get_table_kwargs())
        return context


class SingleTableView(SingleTableMixin, ListView):
    pass


class MultiTableMixin:
    pass
