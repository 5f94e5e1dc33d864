"""django.forms.widgets: those that show every choice. Other widgets show what is chosen, or nothing."""


class Select:
    shows_choices = True
    choices = None

    def __init__(self, attrs=None, choices=()):
        """A field of rows puts its own choices in the place of these."""


class SelectMultiple(Select):
    pass


class RadioSelect(Select):
    pass


class CheckboxSelectMultiple(Select):
    pass
