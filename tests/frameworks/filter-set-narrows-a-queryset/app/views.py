from django.http import JsonResponse

from .filters import ShoeFilter
from .models import Shoe


def shoes(request):
    f = ShoeFilter(request.GET, queryset=Shoe.objects.order_by("pk"))
    return JsonResponse([{"size": s.size, "brand": s.brand.name} for s in f.qs], safe=False)  # expect[lazy-load-per-row]


def shoes_joined(request):
    f = ShoeFilter(request.GET, queryset=Shoe.objects.select_related("brand"))
    return JsonResponse([{"size": s.size, "brand": s.brand.name} for s in f.qs], safe=False)
