from django import template
from laces.templatetags.laces import component

register = template.Library()
register.tag("component", component)
