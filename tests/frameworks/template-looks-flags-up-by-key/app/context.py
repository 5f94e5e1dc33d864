from .models import Flag


class Flags:
    def __getitem__(self, name):
        return Flag.objects.filter(name=name, enabled=True).exists()  # expect[count-per-row] "Flag"


def flags(request):
    return {"flags": Flags()}
