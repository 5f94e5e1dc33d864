from django.db import models


@decorated
class Book(models.Model, metaclass=Meta):
    author = models.ForeignKey("shop.Author", on_delete=models.CASCADE, related_name=f"{'x'}s")

    async def rows(self, /, a: "Book" = 1, *args, b=2, **kwargs) -> list[int] | None:
        async for x, (y, *z) in self.items.filter(Q(a=1) | ~Q(b__in=[1, 2])):
            yield await x[1:2, ::3].y
        try:
            with open(a) as f, g as (h, i): pass
        except (A, B) as error:
            raise X from error
        finally:
            del a, b[0]
        match self:
            case Book(title=t) | [t, *_] if t: return t
            case {"a": 1, **rest}: ...
        while (n := len(a)) and not b: n -= 1; break
        return [x async for x in y if z] + {**a, 'b': lambda k, *l: k if l else -1}
