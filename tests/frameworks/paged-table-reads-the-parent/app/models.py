from django.db import models

class Vendor(models.Model):
    name = models.CharField(max_length=40)

    def __str__(self):
        return self.name


class Bill(models.Model):
    vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE)
    number = models.CharField(max_length=10)
