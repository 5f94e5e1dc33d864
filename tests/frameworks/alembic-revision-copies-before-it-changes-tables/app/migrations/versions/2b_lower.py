import sqlalchemy as sa
from alembic import op

revision = "2b"
down_revision = "1a"


def upgrade():
    connection = op.get_bind()
    for book in connection.execute(sa.text("SELECT id, title FROM book")):
        connection.execute(  # expect[data-migration-per-row]
            sa.text("UPDATE book SET title = :lower WHERE id = :id"), {"lower": book.title.lower(), "id": book.id}
        )
    for name in ("one", "two"):
        connection.execute(sa.text("INSERT INTO book (title) VALUES (:name)"), {"name": name})
    for row in connection.execute(sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'parts'")):
        op.execute(f"GRANT SELECT ON {row.tablename} TO PUBLIC")
    op.add_column("book", sa.Column("lower", sa.String(), nullable=True))


def downgrade():
    op.drop_column("book", "lower")
