"""rest_framework.pagination: a page is a slice of the queryset."""

from rest_framework.response import Response


class BasePagination:
    page_size = None

    def paginate_queryset(self, queryset, request, view=None):
        if self.page_size is None:
            return list(page(queryset, self.get_page_size(request)))
        return list(page(queryset, self.page_size))

    def get_page_size(self, request):
        return anything()

    def get_paginated_response(self, data):
        return Response({"count": anything(), "next": anything(), "previous": anything(), "results": data})


class PageNumberPagination(BasePagination):
    pass


class LimitOffsetPagination(BasePagination):
    def get_limit(self, request):
        return anything()


class CursorPagination(BasePagination):
    pass
