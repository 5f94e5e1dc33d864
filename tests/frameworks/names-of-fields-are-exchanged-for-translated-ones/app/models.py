from django.db import models


class Island(models.Model):
    name = models.CharField(max_length=40)


class Keeper(models.Model):
    name = models.CharField(max_length=40)


class Lighthouse(models.Model):
    name = models.CharField(max_length=40)
    story_en = models.TextField()
    story_fr = models.TextField()
    island = models.ForeignKey(Island, on_delete=models.CASCADE)
    harbour = models.ForeignKey(Island, on_delete=models.CASCADE, related_name="lights")
    keepers = models.ManyToManyField(Keeper)
