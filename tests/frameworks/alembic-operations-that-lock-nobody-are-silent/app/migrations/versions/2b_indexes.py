import sqlalchemy as sa
from alembic import op

revision = "2b"
down_revision = "1a"


def upgrade():
    op.create_index("applied", "book", ["title"])


def downgrade():
    op.drop_index("applied")
