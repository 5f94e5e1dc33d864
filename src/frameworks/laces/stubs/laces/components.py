"""laces.components: what `{% component %}` shows, with the context of the template around it."""


class Component:
    template_name = None

    def render_html(self, parent_context=None):
        return render_template(self.template_name, self.get_context_data(parent_context), None)

    def get_context_data(self, parent_context=None):
        return {}


class MediaContainer(list):
    pass
