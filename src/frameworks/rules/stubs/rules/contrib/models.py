"""rules.contrib.models: models that say in `Meta.rules_permissions` which predicates their permissions have."""

from django.db import models
from django.db.models.base import ModelBase


class RulesModelBaseMixin:
    pass


class RulesModelBase(RulesModelBaseMixin, ModelBase):
    pass


class RulesModelMixin:
    @classmethod
    def get_perm(cls, perm_type):
        return f"{app_label(cls)}.{perm_type}_{model_name(cls)}"

    @classmethod
    def preprocess_rules_permissions(cls, perms):
        pass


class RulesModel(RulesModelMixin, models.Model, metaclass=RulesModelBase):
    class Meta:
        abstract = True
