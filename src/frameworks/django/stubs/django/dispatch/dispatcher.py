"""django.dispatch.dispatcher: where Signal and receiver are defined."""

from django.dispatch import Signal, receiver
