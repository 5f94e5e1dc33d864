import sqlalchemy as sa
from alembic import op

revision = "3c"
down_revision = "2b"


def upgrade():
    with op.get_context().autocommit_block():
        op.create_index("book_pages", "book", ["pages"], postgresql_concurrently=True)
    op.alter_column("book", "title", existing_type=sa.String(50), type_=sa.String(80))
    op.alter_column("book", "pages", existing_type=sa.Numeric(10, 2), type_=sa.Numeric(12, 2))
    op.alter_column("book", "title", existing_type=sa.String(80), type_=sa.Text(), nullable=True)
    op.create_foreign_key("book_author", "book", "author", ["author_id"], ["id"], postgresql_not_valid=True)
    op.create_check_constraint("has_pages", "book", "pages > 0", postgresql_not_valid=True)
    op.add_column("author", sa.Column("name", sa.String(), nullable=False, server_default=""))
    op.add_column("book", sa.Column("series_id", sa.Integer(), nullable=True))
    op.create_table("series", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String()))
    op.create_index("series_name", "series", ["name"])
    op.create_foreign_key("book_series", "book", "series", ["series_id"], ["id"])
    op.alter_column("book", "title", existing_type=sa.Text(), type_=sa.String(), nullable=False)
    if op.get_bind().dialect.name == "sqlite":
        op.create_index("only_there", "book", ["title"])


def downgrade():
    op.create_index("book_title", "book", ["title"])
