from django.db import models
from django.db.models import Sum


class Product(models.Model):
    name = models.CharField(max_length=40)

    @property
    def on_hand(self):
        return self.stocks.aggregate(total=Sum("quantity"))["total"] or 0  # expect[count-per-row]


class Stock(models.Model):
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="stocks")
    quantity = models.IntegerField()
