from .models import Media


def captions():
    return [f"{m.title} by {m.author.name}" for m in Media.objects.select_subclasses()]  # expect[lazy-load-per-row]


def captions_joined():
    return [f"{m.title} by {m.author.name}" for m in Media.objects.select_related("author").select_subclasses()]
