"""django.template.base: tags whose nodes are classes of the project's own."""


class Variable:
    def __init__(self, var):
        self.var = var

    def resolve(self, context):
        return look_up(context, self.var)


class FilterExpression:
    def __init__(self, token, parser=None):
        self.token = token

    def resolve(self, context, ignore_failures=False):
        value, *filters = self.token.split("|")
        return anything() if filters else look_up(context, value)


class Node:
    def render(self, context):
        pass

    def render_annotated(self, context):
        return self.render(context)


class TextNode(Node):
    pass


class NodeList:
    """What stands between a tag and the one that ends it."""

    def __init__(self, content):
        self.content = content

    def render(self, context):
        if self.content is not None:
            self.content(context)
        return anything()


class Parser:
    def __init__(self, content):
        self.nodelist = NodeList(content)

    def parse(self, parse_until=None):
        return self.nodelist

    def delete_first_token(self):
        pass

    def compile_filter(self, token):
        return FilterExpression(token, self)


class Token:
    def __init__(self, contents, words):
        self.contents = contents
        self.words = words

    def split_contents(self):
        return self.words


def show(compile_function, contents, words, content, context):
    """A tag: its node is made and shown. Content that goes with no known node counts as if it stood there."""
    token = Token(contents, words)
    if content is None:
        return sparingly(_show, compile_function, token, None, context)
    return _show(compile_function, token, content, context)


def _show(compile_function, token, content, context):
    node = compile_function(Parser(content), token)
    if defines(node, "render"):
        return node.render(context)
    if content is not None:
        content(context)
