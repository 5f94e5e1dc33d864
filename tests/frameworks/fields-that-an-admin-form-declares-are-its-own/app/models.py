from django.db import models


class Region(models.Model):
    name = models.CharField(max_length=40)

    def __str__(self):
        return self.name


class Vineyard(models.Model):
    name = models.CharField(max_length=40)
    region = models.ForeignKey(Region, on_delete=models.CASCADE)

    def __str__(self):
        return f"{self.region}: {self.name}"


class Cork(models.Model):
    name = models.CharField(max_length=40)
    region = models.ForeignKey(Region, on_delete=models.CASCADE)

    def __str__(self):
        return f"{self.region}: {self.name}"  # expect[lazy-load-per-row]


class Cellar(models.Model):
    name = models.CharField(max_length=40)


class Barrel(models.Model):
    cellar = models.ForeignKey(Cellar, on_delete=models.CASCADE)
    vineyard = models.ForeignKey(Vineyard, on_delete=models.CASCADE)
    litres = models.IntegerField()


class Bottle(models.Model):
    cellar = models.ForeignKey(Cellar, on_delete=models.CASCADE)
    cork = models.ForeignKey(Cork, on_delete=models.CASCADE)
    year = models.IntegerField()
