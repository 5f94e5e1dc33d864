from django.http import JsonResponse

from .filters import ShoeFilter
from .models import Shoe


def shoes(request):
    f = ShoeFilter(request.GET, queryset=Shoe.objects.order_by("pk"))
    return JsonResponse([{"size": s.size, "brand": s.brand.name} for s in f.qs], safe=False)  # expect[lazy-load-per-row]


def shoes_joined(request):
    f = ShoeFilter(request.GET, queryset=Shoe.objects.select_related("brand"))
    return JsonResponse([{"size": s.size, "brand": s.brand.name} for s in f.qs], safe=False)


def shoes_of_a_shop(request, shop):
    f = ShoeFilter(request.GET, queryset=shop.shoes_with_brands())
    return JsonResponse([{"size": s.size, "brand": s.brand.name} for s in f.qs], safe=False)


def shoes_of_the_filtered_model(request):
    rows = ShoeFilter._meta.model.objects.order_by("pk")
    f = ShoeFilter(request.GET, queryset=rows)
    return JsonResponse([{"size": s.size, "brand": s.brand.name} for s in f.qs], safe=False)  # expect[lazy-load-per-row]
