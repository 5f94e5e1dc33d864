from django.db import models


class Hall(models.Model):
    name = models.CharField(max_length=40)


class Shelf(models.Model):
    hall = models.ForeignKey(Hall, on_delete=models.CASCADE)

    @property
    def volume_count(self):
        return Volume.objects.filter(shelf=self.pk).count()  # expect[count-per-row] "Volume"


class Volume(models.Model):
    shelf = models.ForeignKey(Shelf, on_delete=models.CASCADE)
