from django.db import models

class Chef(models.Model):
    name = models.CharField(max_length=40)


class Dish(models.Model):
    chef = models.ForeignKey(Chef, on_delete=models.CASCADE, related_name="dishes")
    title = models.CharField(max_length=40)
