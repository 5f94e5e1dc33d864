"""marshmallow: a schema reads the declared fields of a row, or of each of many."""

from marshmallow import fields
from marshmallow.schema import Schema
