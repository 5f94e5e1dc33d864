import sqlalchemy as sa
from alembic import op

revision = "2b"
down_revision = "1a"


def upgrade():
    op.create_index(op.f("ix_book_pages"), "book", ["pages"], unique=False)  # expect[index-blocks-writes]
    with op.batch_alter_table("book") as batch_op:
        batch_op.create_index("ix_book_author", ["author_id"])  # expect[index-blocks-writes]
        batch_op.alter_column("title", existing_type=sa.String(50), type_=sa.String(20))  # expect[type-change-rewrites-table]
    op.alter_column("book", "pages", existing_type=sa.Integer(), type_=sa.BigInteger())  # expect[type-change-rewrites-table]
    op.alter_column("book", "title", existing_type=sa.String(20), nullable=False)  # expect[constraint-checks-locked-table]
    op.create_foreign_key("book_author", "book", "author", ["author_id"], ["id"])  # expect[constraint-checks-locked-table]
    op.create_check_constraint("has_pages", "book", "pages > 0")  # expect[constraint-checks-locked-table]
    op.add_column("author", sa.Column("name", sa.String(), nullable=False))  # expect[new-column-without-value]


def downgrade():
    op.drop_column("author", "name")
