"""django.contrib.admin.options: the changelist, the change form, and the rows that both walk."""

from django.contrib.admin.models import LogEntry
from django.core.paginator import Paginator
from django.forms.fields import Field
from django.forms.models import ModelChoiceField


class _Field:
    """A field of a model, as the hooks of an admin class get it."""

    def __init__(self, model, name):
        self.model = model
        self.name = name
        self.related_model = related_model(model, name)


class BaseModelAdmin:
    autocomplete_fields = ()
    raw_id_fields = ()
    fields = None
    exclude = None
    fieldsets = None
    form = None
    filter_vertical = ()
    filter_horizontal = ()
    readonly_fields = ()
    ordering = None
    show_full_result_count = True

    def get_queryset(self, request):
        return at_declaration(self, ("list_select_related", "list_display"), self.model._default_manager.all)

    def get_ordering(self, request):
        return self.ordering or ()

    def get_fields(self, request, obj=None):
        if self.fields:
            return self.fields
        return field_names(self.model, "editable")

    def get_fieldsets(self, request, obj=None):
        return self.fieldsets

    def get_exclude(self, request, obj=None):
        return self.exclude

    def get_readonly_fields(self, request, obj=None):
        return self.readonly_fields

    def get_autocomplete_fields(self, request):
        return self.autocomplete_fields

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        return self._choices(db_field, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        return self._choices(db_field, **kwargs)

    def _choices(self, db_field, queryset=None, form_class=ModelChoiceField, **options):
        if queryset is None:
            queryset = db_field.related_model._default_manager.all()
        return form_class(queryset=queryset)

    def has_view_permission(self, request, obj=None):
        return True

    def has_change_permission(self, request, obj=None):
        return True

    def has_add_permission(self, request, obj=None):
        return True

    def has_delete_permission(self, request, obj=None):
        return True

    def _form(self, request, obj, without=None):
        """The fields of the form for one row."""
        names = self._form_fields(request, obj)
        readonly = self.get_readonly_fields(request, obj)
        for name in names:
            if name == without or name in readonly:
                pass
            else:
                self._field(request, obj, name)
        for name in readonly:
            self._display(obj, name)

    def _form_fields(self, request, obj):
        if self.get_fieldsets(request, obj):
            return self._fields_of_sets(self.get_fieldsets(request, obj))
        excluded = self.get_exclude(request, obj) or ()
        return [name for name in self.get_fields(request, obj) if name not in excluded]

    def _fields_of_sets(self, fieldsets):
        names = []
        for title, options in fieldsets:
            for name in options["fields"]:
                names = names + as_list(name)
        return names

    def _field(self, request, obj, name):
        """A field that the form declares itself is shown as it is; the others are made of the model's."""
        declared = self._declared().get(name)
        if declared is not None:
            declared.render()
        else:
            self._field_of_model(request, obj, name)

    def _declared(self):
        if known_or(self.form, None) is None:
            return {}
        return declared_fields(self.form, Field)

    def _field_of_model(self, request, obj, name):
        kind = relation_kind(self.model, name)
        if kind == "many-to-one" or kind == "one-to-one":
            self._foreign_key(request, obj, name)
        elif kind == "many-to-many":
            self._many_to_many(request, obj, name)

    def _foreign_key(self, request, obj, name):
        if name in self.raw_id_fields or name in self.get_autocomplete_fields(request):
            # The widget looks the label up by itself: the row's own relation is not read.
            text_of(related_model(self.model, name)._default_manager.get(pk=obj.pk))
        else:
            field = self.formfield_for_foreignkey(_Field(self.model, name), request)
            field.render()

    def _many_to_many(self, request, obj, name):
        if name in self.raw_id_fields:
            pass
        elif name in self.get_autocomplete_fields(request):
            for related in getattr(obj, name).all():
                text_of(related)
        else:
            field = self.formfield_for_manytomany(_Field(self.model, name), request)
            field.render()

    def _display(self, obj, name):
        """One cell: what the column or read-only field shows of a row."""
        if isinstance(name, str):
            self._display_named(obj, name)
        else:
            text_of(name(obj))

    def _display_named(self, obj, name):
        if name == "__str__":
            text_of(obj)
        elif defines(self, name):
            text_of(getattr(self, name)(obj))
        elif relation_kind(obj, name) == "many-to-many" or relation_kind(obj, name) == "one-to-many":
            for related in getattr(obj, name).all():
                text_of(related)
        else:
            text_of(shown_value(obj, name))


class ModelAdmin(BaseModelAdmin):
    list_display = ("__str__",)
    list_display_links = ()
    list_filter = ()
    list_select_related = False
    list_per_page = 100
    list_max_show_all = 200
    list_editable = ()
    search_fields = ()
    date_hierarchy = None
    inlines = ()
    actions = ()
    paginator = Paginator

    def __init__(self, model, admin_site):
        self.model = model
        self.admin_site = admin_site

    def __serve__(self, request):
        if request.method == "GET":
            self.changelist_view(request)
        elif request.method == "POST" and request.object_id:
            self._change(request)
        elif request.method == "POST":
            self._run_actions(request)
        else:
            self.change_view(request, request.object_id)
        if self.get_search_fields(request) and is_listed(self.model, "autocomplete_fields"):
            at_declaration(self, ("search_fields",), separately, self._autocomplete, request)

    def get_search_fields(self, request):
        return self.search_fields

    def _autocomplete(self, request):
        """The choices that the form of another model's rows asks for. Source: django.contrib.admin.views.autocomplete."""
        found, has_duplicates = self.get_search_results(request, self.get_queryset(request), request.GET["term"])
        for row in page(found, 20):
            text_of(row)

    def get_list_display(self, request):
        return self.list_display

    def get_list_filter(self, request):
        return self.list_filter

    def get_list_select_related(self, request):
        return self.list_select_related

    def get_inlines(self, request, obj=None):
        return self.inlines

    def get_search_results(self, request, queryset, search_term):
        return queryset, False

    def get_paginator(self, request, queryset, per_page, orphans=0, allow_empty_first_page=True):
        return self.paginator(queryset, per_page)

    def get_object(self, request, object_id, from_field=None):
        return self.get_queryset(request).get(pk=object_id)

    def changelist_view(self, request, extra_context=None):
        at_declaration(self, ("list_filter", "get_list_filter"), self._filters, request)
        columns = self.get_list_display(request)
        rows = self._joined(self.get_queryset(request), columns, request)
        names = ("list_display", "get_list_display", "list_per_page")
        at_declaration(self, names, self._results, request, rows, columns)

    def _joined(self, queryset, columns, request):
        """What the changelist joins by itself."""
        asked = self.get_list_select_related(request)
        if has_joins(queryset):
            return queryset
        if asked is True:
            return queryset.select_related()
        if asked is False:
            return self._joined_for(queryset, columns)
        if asked:
            return queryset.select_related(*asked)
        return queryset

    def _joined_for(self, queryset, columns):
        named = [name for name in columns if self._is_key(name)]
        if not named:
            return queryset
        if django_at_least(6, 1):
            return queryset.select_related(*named)
        return queryset.select_related()

    def _is_key(self, name):
        if isinstance(name, str):
            kind = relation_kind(self.model, name)
            return kind == "many-to-one" or kind == "one-to-one"
        return False

    def _results(self, request, queryset, columns):
        paginator = self.get_paginator(request, queryset, self.list_per_page)
        for row in paginator.page(1).object_list:
            for column in columns:
                self._display(row, column)
            for name in self.list_editable:
                self._field(request, row, name)

    def _filters(self, request):
        for one in self.get_list_filter(request):
            if isinstance(one, str) and related_model(self.model, one):
                for choice in related_model(self.model, one)._default_manager.all():
                    text_of(choice)

    def _run_actions(self, request):
        for action in self.actions or ():
            selected = self.get_queryset(request)
            if isinstance(action, str):
                getattr(self, action)(request, selected)
            else:
                action(self, request, selected)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        obj = self.get_object(request, object_id)
        text_of(obj)
        at_declaration(self, ("readonly_fields", "fields", "fieldsets"), self._form, request, obj)
        for inline_class in self.get_inlines(request, obj):
            inline = inline_class(self.model, self.admin_site)
            at_declaration(inline, (), inline._forms, request, obj)

    def _change(self, request):
        """What is posted for one row and for those of its inlines is saved."""
        obj = self.get_object(request, request.object_id)
        form = _Posted(obj)
        inlines = [inline_class(self.model, self.admin_site) for inline_class in self.get_inlines(request, obj)]
        formsets = [_PostedSet(inline, request, obj) for inline in inlines]
        self.save_model(request, obj, form, True)
        self.save_related(request, form, formsets, True)

    def save_model(self, request, obj, form, change):
        obj.save()

    def save_related(self, request, form, formsets, change):
        form.save_m2m()
        for formset in formsets:
            self.save_formset(request, form, formset, change=change)

    def save_formset(self, request, form, formset, change):
        formset.save()

    def log_addition(self, request, obj, message):
        return LogEntry.objects.create(user_id=request.user.pk, object_repr=obj.__str__())

    def log_change(self, request, obj, message):
        return LogEntry.objects.create(user_id=request.user.pk, object_repr=obj.__str__())

    def log_deletion(self, request, obj, object_repr):
        return LogEntry.objects.create(user_id=request.user.pk, object_repr=object_repr)

    def delete_model(self, request, obj):
        obj.delete()

    def delete_queryset(self, request, queryset):
        queryset.delete()


class _Posted:
    """The form of a row, as it was posted."""

    def __init__(self, instance):
        self.instance = instance

    def save_m2m(self):
        pass


class _PostedSet:
    """The forms of an inline, as they were posted. That `save()` writes each of their rows is not for the project to say."""

    def __init__(self, inline, request, parent):
        self.inline = inline
        self.request = request
        self.instance = parent
        self.model = inline.model

    def save(self, commit=True):
        if commit:
            return anything()
        rows = list(self.inline.rows_of(self.request, self.instance))
        for row in rows:
            self.inline.attach(row, self.instance)
        return rows

    def save_m2m(self):
        pass


class InlineModelAdmin(BaseModelAdmin):
    model = None
    fk_name = None
    extra = 3
    max_num = None

    def __init__(self, parent_model, admin_site):
        self.parent_model = parent_model
        self.admin_site = admin_site

    def get_queryset(self, request):
        return at_declaration(self, (), self.model._default_manager.all)

    def _forms(self, request, obj):
        """A form for each row of the parent."""
        for row in self.rows_of(request, obj):
            text_of(row)
            self._form(request, row, self.link())

    def link(self):
        return self.fk_name or link_between(self.parent_model, self.model)

    def attach(self, row, parent):
        setattr(row, self.link(), parent)

    def rows_of(self, request, obj):
        return self.get_queryset(request).filter(parent=obj)


class StackedInline(InlineModelAdmin):
    pass


class TabularInline(InlineModelAdmin):
    pass
