"""rest_flex_fields.serializers: fields that the code chooses or expands (`expand=["author"]`).

What a request expands is not expanded here: views load what they are asked for on the same condition, and which loads go with
which fields cannot be told.
"""

from rest_framework import serializers


class FlexFieldsSerializerMixin:
    expandable_fields = {}

    def __init__(self, *arguments, expand=(), fields=(), omit=(), parent=None, **keywords):
        super().__init__(*arguments, **keywords)
        if parent is not None:
            self.parent = parent
        self.expanded = expand
        self.kept = fields
        self.omitted = omit
        self._flex_options_all = {"expand": anything(), "fields": anything(), "omit": anything()}

    @property
    def _expandable_fields(self):
        return declared_value(declared_value(type(self), "Meta", None), "expandable_fields", self.expandable_fields)

    def get_fields(self):
        fields = super().get_fields()
        if self.kept or self.omitted:
            fields = {name: field for name, field in fields.items() if self.is_kept(name)}
        for name in known_or(self.expanded, ()):
            if name in self._expandable_fields and self.is_kept(name):
                fields[name] = self._make_expanded_field_serializer(name)
        return fields

    def is_kept(self, name):
        return name not in self.omitted and (not self.kept or name in self.kept)

    def _make_expanded_field_serializer(self, name):
        declared = self._expandable_fields[name]
        kind, options = (declared[0], declared[1]) if isinstance(declared, tuple) else (declared, {})
        if isinstance(kind, str):
            kind = self._get_serializer_class_from_lazy_string(kind)
        return kind(**options)

    def _get_serializer_class_from_lazy_string(self, full_lazy_path):
        path, _, name = full_lazy_path.rpartition(".")
        return getattr(module_named(path), name)


class FlexFieldsModelSerializer(FlexFieldsSerializerMixin, serializers.ModelSerializer):
    pass
