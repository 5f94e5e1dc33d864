"""django.http: requests know who asks; responses walk the content they are given."""

import json

from django.contrib.auth import get_user_model


class HttpRequest:
    """Whoever asks is a row that was loaded before, or anonymous; so is what middleware puts beside the user."""

    def __init__(self):
        self.__assumed__()

    def __assumed__(self):
        self.user = row_of(get_user_model())
        self.session = anything()

    def __getattr__(self, name):
        value = row_of(class_put_on("request", name))
        setattr(self, name, value)
        return value


class HttpResponse:
    def __init__(self, content=b"", *arguments, **keywords):
        self.content = content
        if not isinstance(content, (str, bytes)):
            for part in content:
                text_of(part)

    def write(self, content):
        pass


class StreamingHttpResponse:
    def __init__(self, streaming_content=(), *arguments, **keywords):
        for part in streaming_content:
            text_of(part)


class JsonResponse:
    def __init__(self, data, encoder=None, *arguments, **keywords):
        self.data = data
        if encoder:
            json.dumps(data, cls=encoder)
