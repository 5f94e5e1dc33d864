from django.db import models


class Customer(models.Model):
    name = models.CharField(max_length=80)


class Invoice(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
