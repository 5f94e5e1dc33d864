from django.db import models


class Potter(models.Model):
    name = models.CharField(max_length=40)


class Kiln(models.Model):
    name = models.CharField(max_length=40)


class Vase(models.Model):
    name = models.CharField(max_length=40)
    potter = models.ForeignKey(Potter, on_delete=models.CASCADE)
    kiln = models.ForeignKey(Kiln, on_delete=models.CASCADE)


class Crack(models.Model):
    vase = models.ForeignKey(Vase, on_delete=models.CASCADE, related_name="cracks")
    length = models.IntegerField()
