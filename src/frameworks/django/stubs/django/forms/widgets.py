"""django.forms.widgets: those that show every choice. Other widgets show what is chosen, or nothing."""


class Select:
    shows_choices = True

    def __init__(self, attrs=None, choices=()):
        pass


class SelectMultiple(Select):
    pass


class RadioSelect(Select):
    pass


class CheckboxSelectMultiple(Select):
    pass
