"""django.core.serializers: every row with the keys of its many-to-many relations."""


def serialize(format, queryset, stream=None, fields=None, use_natural_foreign_keys=False, use_natural_primary_keys=False, **options):
    for row in queryset:
        for name in field_names(row, "many-to-many"):
            if fields is None or name in fields:
                for related in getattr(row, name).all():
                    related.pk
        if use_natural_foreign_keys:
            for name in field_names(row, "many-to-one"):
                if fields is None or name in fields:
                    getattr(row, name).natural_key()
    return ""
