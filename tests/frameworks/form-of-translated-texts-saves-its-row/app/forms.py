from i18nfield.forms import I18nModelForm

from .models import Talk


class TalkForm(I18nModelForm):
    class Meta:
        model = Talk
        fields = ["title"]

    def save(self, *args, **kwargs):
        talk = super().save(*args, **kwargs)  # expect[save-per-row] "Talk"
        return talk.title


def rename(title):
    renamed = []
    for talk in Talk.objects.all():
        form = TalkForm({"title": title}, instance=talk)
        if form.is_valid():
            renamed.append(form.save())
    return renamed


def rename_nothing(title):
    return [TalkForm({"title": title}, instance=talk).is_valid() for talk in Talk.objects.all()]
