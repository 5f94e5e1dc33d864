import sqlalchemy as sa
from alembic import op

revision = "1a"
down_revision = None


def upgrade():
    op.create_table("author", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_table(
        "book",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("title", sa.String(50), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
    )
    op.create_index("book_title", "book", ["title"])


def downgrade():
    op.drop_table("book")
    op.drop_table("author")
