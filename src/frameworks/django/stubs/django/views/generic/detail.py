"""django.views.generic.detail: one row."""

from django.views.generic.base import ContextMixin, TemplateResponseMixin, View


class SingleObjectMixin(ContextMixin):
    model = None
    queryset = None
    slug_field = "slug"
    context_object_name = None
    slug_url_kwarg = "slug"
    pk_url_kwarg = "pk"

    def get_object(self, queryset=None):
        names = ("queryset", "model", "get_queryset")
        if queryset is not None:
            return at_declaration(self, names, queryset.get)
        return answered(self, "get_object", at_declaration(self, names, self.get_queryset().get))

    def get_queryset(self):
        return at_declaration(self, ("queryset", "model"), self._declared_queryset)

    def _declared_queryset(self):
        if self.queryset is not None:
            return self.queryset.all()
        return self.model._default_manager.all()

    def get_slug_field(self):
        return self.slug_field

    def get_context_object_name(self, obj):
        if self.context_object_name:
            return self.context_object_name
        return model_name(obj)

    def get_context_data(self, **kwargs):
        context = {}
        if self.object:
            context["object"] = self.object
            context[self.get_context_object_name(self.object)] = self.object
        context.update(kwargs)
        return super().get_context_data(**context)


class BaseDetailView(SingleObjectMixin, View):
    def get(self, request, *args, **kwargs):
        self.object = answered(self, "get_object", self.get_object())
        context = self.get_context_data(object=self.object)
        return self.render_to_response(context)


class SingleObjectTemplateResponseMixin(TemplateResponseMixin):
    template_name_field = None
    template_name_suffix = "_detail"

    def get_template_names(self):
        row = self.object or self.model
        return [self.template_name, app_label(row) + "/" + model_name(row) + self.template_name_suffix + ".html"]


class DetailView(SingleObjectTemplateResponseMixin, BaseDetailView):
    pass
