from .models import Section


def navigation(request):
    return {"sections": Section.objects.order_by("name")}
