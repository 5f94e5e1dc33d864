"""oslo.db, the models of OpenStack's projects: a row is read and written like a dictionary too."""

from sqlalchemy import Column, DateTime, Integer


class ModelBase:
    def save(self, session):
        session.add(self)
        session.flush()

    def __getitem__(self, key):
        return getattr(self, key)

    def __setitem__(self, key, value):
        setattr(self, key, value)

    def get(self, key, default=None):
        return getattr(self, key, default)

    def update(self, values):
        for key, value in values.items():
            setattr(self, key, value)


class TimestampMixin:
    created_at = Column(DateTime)
    updated_at = Column(DateTime)


class SoftDeleteMixin:
    deleted_at = Column(DateTime)
    deleted = Column(Integer, default=0)

    def soft_delete(self, session):
        self.save(session=session)
