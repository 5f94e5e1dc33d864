"""jinja2: templates by name. What the project adds to their names is read from its modules."""

import builtins


class Template:
    def __init__(self, source="", **options):
        self.name = None

    def render(self, *arguments, **context):
        for argument in arguments:
            context.update(argument)
        return builtins.render_template(self.name, context, "jinja2")

    def render_async(self, *arguments, **context):
        return self.render(*arguments, **context)

    def generate(self, *arguments, **context):
        return self.render(*arguments, **context)

    def stream(self, *arguments, **context):
        return self.render(*arguments, **context)


class Environment:
    def __init__(self, *arguments, **options):
        pass

    def get_template(self, name, parent=None, globals=None):
        template = Template()
        template.name = name
        return template

    def select_template(self, names, parent=None, globals=None):
        return self.get_template(names)

    def get_or_select_template(self, name, parent=None, globals=None):
        return self.get_template(name)
