from django.db import models


class Shelter(models.Model):
    name = models.CharField(max_length=40)


class Breed(models.Model):
    name = models.CharField(max_length=40)


class Cat(models.Model):
    shelter = models.ForeignKey(Shelter, on_delete=models.CASCADE)
    breed = models.ForeignKey(Breed, on_delete=models.CASCADE)
    name = models.CharField(max_length=40)
