import sqlalchemy as sa
from alembic import op

revision = "1a"
down_revision = None


def upgrade():
    op.create_table("book", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("title", sa.String()))


def downgrade():
    op.drop_table("book")
