"""django.forms.utils: what forms and sets of forms show, part by part."""


class RenderableFormMixin:
    def __str__(self):
        for part in self:
            text_of(part)
        return ""

    def render(self, template_name=None, context=None, renderer=None):
        return self.__str__()

    def as_p(self):
        return self.__str__()

    def as_div(self):
        return self.__str__()

    def as_ul(self):
        return self.__str__()

    def as_table(self):
        return self.__str__()
