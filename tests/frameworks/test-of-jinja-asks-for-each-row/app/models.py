from django.db import models


class Course(models.Model):
    seats = models.IntegerField(default=3)


class Signup(models.Model):
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="signups")
