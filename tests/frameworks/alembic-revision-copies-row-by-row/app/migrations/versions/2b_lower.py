import sqlalchemy as sa
from alembic import op

revision = "2b"
down_revision = "1a"


def upgrade():
    connection = op.get_bind()
    op.add_column("book", sa.Column("lower", sa.String(), nullable=True))
    books = connection.execute(sa.text("SELECT id, title FROM book")).fetchall()
    for book in books:
        statement = sa.text("UPDATE book SET lower = :lower WHERE id = :id")
        connection.execute(statement, {"lower": book.title.lower(), "id": book.id})  # expect[data-migration-under-lock]


def downgrade():
    op.drop_column("book", "lower")
