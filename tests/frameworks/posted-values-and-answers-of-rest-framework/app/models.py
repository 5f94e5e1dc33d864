from django.db import models


class Grower(models.Model):
    name = models.CharField(max_length=40)


class Crop(models.Model):
    code = models.CharField(max_length=20, unique=True)
    grower = models.ForeignKey(Grower, on_delete=models.CASCADE)

    @property
    def grower_name(self):
        return self.grower.name  # expect[lazy-load-per-row]
