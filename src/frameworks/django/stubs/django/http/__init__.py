"""django.http: responses walk the content they are given."""


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
    def __init__(self, data, *arguments, **keywords):
        self.data = data
