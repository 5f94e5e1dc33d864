from billing.models import Invoice


def names(request):
    return [invoice.customer.name for invoice in Invoice.objects.all()]
