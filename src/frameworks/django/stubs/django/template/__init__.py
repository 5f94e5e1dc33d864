"""django.template"""

from django.template.context import Context, RequestContext
from django.template.loader import Template
