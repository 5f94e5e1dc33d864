import django_tables2 as tables

from .models import Bill


class BillTable(tables.Table):
    vendor = tables.Column(accessor="vendor__name")  # expect[lazy-load-per-row]

    class Meta:
        model = Bill
        fields = ["number", "vendor"]
