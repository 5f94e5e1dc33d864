from django.shortcuts import render

from .models import Bill
from .tables import BillTable


def bills(request):
    table = BillTable(Bill.objects.order_by("number"))
    return render(request, "app/bills.html", {"table": table})
