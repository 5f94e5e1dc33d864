def before():
    return 1


total = sum((1, 2)


class Shelf:
    def before(self):
        return 1

    label = str(

    def after(self):
        return 2


def after():
    return 2
