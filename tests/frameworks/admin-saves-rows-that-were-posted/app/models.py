from django.db import models


class Quote(models.Model):
    customer = models.CharField(max_length=40)


class QuoteLine(models.Model):
    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="lines")
    amount = models.IntegerField()
    edited_by = models.CharField(max_length=40, blank=True)
