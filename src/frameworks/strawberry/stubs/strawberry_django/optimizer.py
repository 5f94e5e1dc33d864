"""strawberry_django.optimizer: loads with the rows what is asked for."""


class DjangoOptimizerExtension:
    def __init__(self, **options):
        pass

    def __optimizes__(self):
        pass
