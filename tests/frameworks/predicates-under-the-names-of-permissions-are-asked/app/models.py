import rules
from django.contrib.auth.models import AbstractUser
from django.db import models
from rules.contrib.models import RulesModel


class Keeper(AbstractUser):
    pass


class Hive(models.Model):
    name = models.CharField(max_length=40)
    keepers = models.ManyToManyField(Keeper, related_name="hives")
    visitors = models.ManyToManyField(Keeper, related_name="visited")


@rules.predicate
def is_tasting(user, honey):
    return honey.tasters.filter(pk=user.pk).exists()  # expect[count-per-row]


class Honey(RulesModel):
    label = models.CharField(max_length=40)
    hive = models.ForeignKey(Hive, on_delete=models.CASCADE)
    tasters = models.ManyToManyField(Keeper, related_name="tasted")

    class Meta:
        rules_permissions = {"taste": rules.is_authenticated & is_tasting, "smell": rules.is_authenticated}
