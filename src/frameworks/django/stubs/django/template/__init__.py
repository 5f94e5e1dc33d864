"""django.template"""

from django.template.base import Node, NodeList, Variable
from django.template.context import Context, RequestContext
from django.template.loader import Template
