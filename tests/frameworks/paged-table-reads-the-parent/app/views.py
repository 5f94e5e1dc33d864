from django.views.generic import ListView
from django_tables2 import SingleTableMixin

from .models import Bill
from .tables import BillTable


class BillList(SingleTableMixin, ListView):
    model = Bill
    table_class = BillTable
    template_name = "app/bills.html"
