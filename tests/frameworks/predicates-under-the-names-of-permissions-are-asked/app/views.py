from django.http import JsonResponse

from .models import Hive, Honey


def opened(request):
    return JsonResponse({"hives": [hive.name for hive in Hive.objects.all() if request.user.has_perm("app.open_hive", hive)]})


def seen(request):
    return JsonResponse({"hives": [hive.name for hive in Hive.objects.all() if request.user.has_perm("app.see_hive", hive)]})


def tasted(request):
    rows = Honey.objects.all()
    return JsonResponse({"honeys": [row.label for row in rows if request.user.has_perms([Honey.get_perm("taste")], row)]})


def smelled(request):
    rows = Honey.objects.all()
    return JsonResponse({"honeys": [row.label for row in rows if request.user.has_perm("app.smell_honey", row)]})
