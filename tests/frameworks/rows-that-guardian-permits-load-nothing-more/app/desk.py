from guardian.shortcuts import get_objects_for_group, get_objects_for_user

from .models import Dossier, Exhibit


def dossiers(user):
    rows = get_objects_for_user(user, "app.view_dossier")
    return [f"{dossier.title} of {dossier.client.name}" for dossier in rows]  # expect[lazy-load-per-row]


def joined_dossiers(user):
    rows = get_objects_for_user(user, "view_dossier", klass=Dossier.objects.select_related("client"))
    return [f"{dossier.title} of {dossier.client.name}" for dossier in rows.order_by("title")]


def exhibits(group):
    rows = get_objects_for_group(group, ["view_exhibit", "change_exhibit"], Exhibit, any_perm=True)
    return [f"{row.number} in {row.dossier.title}" for row in rows]  # expect[lazy-load-per-row]


def joined_exhibits(group):
    rows = get_objects_for_group(group, ["app.view_exhibit"]).select_related("dossier")
    return [f"{row.number} in {row.dossier.title}" for row in rows]
