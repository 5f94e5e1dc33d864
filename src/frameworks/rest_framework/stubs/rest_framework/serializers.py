"""rest_framework.serializers: declared fields and those of the model, read for one row or for each of many."""

from functools import cached_property

from rest_framework.fields import (
    BooleanField, CharField, ChoiceField, DateField, DateTimeField, DecimalField, DictField, DurationField,
    EmailField, Field, FileField, FilePathField, FloatField, HiddenField, HStoreField, ImageField, IntegerField,
    IPAddressField, JSONField, ListField, ModelField, MultipleChoiceField, NullBooleanField, ReadOnlyField,
    RegexField, SerializerMethodField, SlugField, TimeField, UniqueField, URLField, UUIDField, empty,
)
from rest_framework.relations import (
    HyperlinkedIdentityField, HyperlinkedRelatedField, ManyRelatedField, PKOnlyObject, PrimaryKeyRelatedField,
    RelatedField, SlugRelatedField, StringRelatedField,
)

ALL_FIELDS = "__all__"

DECLARED_IN = ("Meta.fields", "Meta.depth", "Meta.exclude")


class BaseSerializer(Field):
    counts_keys = True

    def __new__(cls, *arguments, **keywords):
        if keywords.get("many"):
            return cls.many_init(*arguments, **keywords)

    @classmethod
    def many_init(cls, *arguments, many=None, **keywords):
        child = cls(*arguments, **keywords)
        meta = declared_value(cls, "Meta", None)
        list_class = declared_value(meta, "list_serializer_class", ListSerializer)
        return list_class(*arguments, child=child, **keywords)

    def __init__(self, instance=None, data=None, many=None, context=None, partial=False, **keywords):
        super().__init__(**keywords)
        # A declared field of that name stands on the class.
        self.parent = None
        self.instance = instance
        self.initial_data = data
        self.partial = partial
        self.posted = None
        self.given_context = context

    @property
    def context(self):
        if self.given_context is None:
            return super().context
        return self.given_context

    @property
    def data(self):
        if self.instance is None:
            return anything()
        return self.to_representation(self.instance)

    @property
    def validated_data(self):
        return anything() if self.posted is None else self.posted

    @property
    def errors(self):
        return anything()

    def is_valid(self, raise_exception=False):
        self.posted = self.run_validation(self.initial_data)
        return anything()

    def run_validation(self, data=empty):
        return data

    def save(self, **keywords):
        if self.instance is None:
            self.instance = self.create(self.validated_data)
        else:
            self.instance = self.update(self.instance, self.validated_data)
        return self.instance

    def create(self, validated_data):
        return anything()

    def update(self, instance, validated_data):
        return anything()

    def rows_of_model(self):
        """What stands for rows of which nothing is known but who represents them."""
        meta = declared_value(type(self), "Meta", None)
        return query_of(declared_value(meta, "model", None))


class Serializer(BaseSerializer):
    @cached_property
    def fields(self):
        return self.get_fields()

    @property
    def _readable_fields(self):
        return self.fields.values()

    def get_fields(self):
        return declared_fields(type(self), Field)

    def to_representation(self, instance):
        represented = {}
        fields = by_name(self.fields)
        for name, field in fields.items():
            # Code may take a field out on some paths.
            if not field.write_only and keeps(fields, name):
                places = (name,) + DECLARED_IN
                represented[name] = at_declaration(self, places, field.represent, self, name, instance)
        return represented

    def run_validation(self, data=empty):
        for name, field in by_name(self.fields).items():
            if not field.read_only:
                setattr(field, "parent", self)
                frugally(field.accept, name, data[name])
                getattr(self, "validate_" + name)(data[name])
        self.validate(data)
        return anything()

    def to_internal_value(self, data):
        return anything()

    def validate(self, attrs):
        return attrs

    def accept(self, name, data):
        return self.run_validation(data)


class ListSerializer(BaseSerializer):
    """One row after another is given to the serializer for one."""

    child = None

    def __new__(cls, *arguments, **keywords):
        pass

    def __init__(self, instance=None, data=None, child=None, **keywords):
        super().__init__(instance, data, **keywords)
        if child is not None:
            self.child = child

    def to_representation(self, data):
        setattr(self.child, "parent", self)
        self.child.fields
        return [self.child.to_representation(item) for item in all_of(known_or(data, self.child.rows_of_model()))]

    def run_validation(self, data=empty):
        setattr(self.child, "parent", self)
        self.child.fields
        return [self.child.run_validation(item) for item in data]

    def create(self, validated_data):
        return [self.child.create(item) for item in validated_data]

    def update(self, instance, validated_data):
        return anything()

    def accept(self, name, data):
        if known_or(getattr(self.root, "counts_keys", True), True):
            return self.run_validation(data)
        return self.child.run_validation(data)


class ModelSerializer(Serializer):
    serializer_related_field = PrimaryKeyRelatedField
    serializer_url_field = HyperlinkedIdentityField
    url_field_name = "url"

    def get_fields(self):
        declared = declared_fields(type(self), Field)
        meta = declared_value(type(self), "Meta", None)
        return self.fields_of(declared, meta, declared_value(meta, "model", None), declared_value(meta, "depth", 0))

    def fields_of(self, declared, meta, model, depth):
        fields = {}
        given = declared_value(meta, "extra_kwargs", {})
        # What is only read is not looked for when it is posted.
        for name in declared_value(meta, "read_only_fields", ()):
            given = {**given, name: {**given.get(name, {}), "read_only": True}}
        chosen = selected_names(
            declared_value(meta, "fields", None), declared_value(meta, "exclude", ()), declared, model_fields(model)
        )
        for name in selected_names(self.get_field_names(declared, chosen), (), chosen, ()):
            if name in declared:
                fields[name] = declared[name]
            else:
                fields[name] = self.field_of_model(name, model, depth, given.get(name, {}))
        return fields

    def get_field_names(self, declared_fields, info):
        """What a project's override starts from; where its answer is not known, this one stands."""
        return info

    def field_of_model(self, name, model, depth, options):
        kind = field_kind(model, name)
        if kind == "column":
            return ReadOnlyField(**options)
        if kind == "unique":
            return UniqueField(model=model, **options)
        if kind == "key":
            return ReadOnlyField(read_only=True)
        if kind == "attribute":
            if name == self.url_field_name:
                return self.serializer_url_field(**options)
            return ReadOnlyField(read_only=True, **options)
        target = related_model(model, name)
        if depth:
            return NestedSerializer(nested=target, nested_depth=depth - 1, many=kind == "many", read_only=True)
        return self.serializer_related_field(queryset=target._default_manager, many=kind == "many", **options)

    def create(self, validated_data):
        return self.Meta.model._default_manager.create(**validated_data)

    def update(self, instance, validated_data):
        instance.save()
        return instance


class NestedSerializer(ModelSerializer):
    """What `depth` makes of a relation: all fields of its model."""

    def __init__(self, *arguments, nested=None, nested_depth=0, **keywords):
        super().__init__(*arguments, **keywords)
        self.nested = nested
        self.nested_depth = nested_depth

    def get_fields(self):
        return self.fields_of({}, None, self.nested, self.nested_depth)


class HyperlinkedModelSerializer(ModelSerializer):
    serializer_related_field = HyperlinkedRelatedField
