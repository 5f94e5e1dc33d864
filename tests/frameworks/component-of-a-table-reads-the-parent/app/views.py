from django.shortcuts import render
from django.views.generic import ListView

from .models import Ship
from .tables import Column, Table


class Ships(ListView):
    model = Ship
    template_name = "app/ships.html"
    columns = [Column("name"), Column("home")]

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["table"] = Table(self.columns, context["object_list"])
        return context


def ships_with_home(request):
    ships = Ship.objects.select_related("home")
    return render(request, "app/ships.html", {"table": Table([Column("home")], ships)})
