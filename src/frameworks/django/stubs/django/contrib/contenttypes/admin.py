"""django.contrib.contenttypes.admin: inlines whose rows point at their parent by a generic key, which is no field of their forms."""

from django.contrib.admin.options import InlineModelAdmin


class GenericInlineModelAdmin(InlineModelAdmin):
    ct_field = "content_type"
    ct_fk_field = "object_id"

    def link(self):
        return self.ct_field

    def attach(self, row, parent):
        """The key and the kind of the parent are set, and no relation."""

    def rows_of(self, request, obj):
        return self.get_queryset(request).filter(object_id=obj.pk)


class GenericStackedInline(GenericInlineModelAdmin):
    pass


class GenericTabularInline(GenericInlineModelAdmin):
    pass
