"""marshmallow_sqlalchemy.fields"""

from marshmallow.fields import Nested
from marshmallow_sqlalchemy import Related
