"""sqlalchemy_continuum.version: the versions of a row know one another by queries, and the relations that their row had then.

None of these is a relation of the mapper: nothing loads it with the rows, and nothing is remembered. Each reading is a query.
"""

from sqlalchemy.orm import object_session

from sqlalchemy_continuum.utils import parent_class, version_class


class VersionClassBase:
    _is_linked = False

    @property
    def previous(self):
        if self._is_linked:
            return self._previous
        versions = type(self)
        before = object_session(self).query(versions).filter(versions.end_transaction_id == self.transaction_id)
        return before.filter(of_the_same_row(self)).first()

    @property
    def next(self):
        if self._is_linked:
            return self._next
        versions = type(self)
        after = object_session(self).query(versions).filter(versions.transaction_id == self.end_transaction_id)
        return after.filter(of_the_same_row(self)).first()

    @property
    def index(self):
        versions = type(self)
        before = object_session(self).query(versions).filter(versions.transaction_id < self.transaction_id)
        return before.filter(of_the_same_row(self)).count()

    @property
    def changeset(self):
        before = self.previous
        return {name: [getattr(before, name), getattr(self, name)] for name in field_names(type(self), "column")}

    def revert(self, relations=()):
        parent = self.version_parent
        for name in relations:
            getattr(self, name)
        object_session(self).add(parent)
        return parent

    @classmethod
    def version_at(cls, session, primary_key_values, transaction_id):
        return session.query(cls).filter_by(**primary_key_values).filter(cls.transaction_id <= transaction_id).first()

    @classmethod
    def all_versions(cls, session, primary_key_values, limit=None, offset=0, desc=True, link=True):
        versions = session.query(cls).filter_by(**primary_key_values).order_by(cls.transaction_id).all()
        if link:
            for version in versions:
                version._previous = version._next = known_or(anything(), version)
                version._is_linked = True
        return versions

    def __getattr__(self, name):
        parent = parent_class(type(self))
        target = relation_target(parent, name)
        if target is None:
            return anything()
        found = version_class(target)
        then = object_session(self).query(found).filter(as_it_was_at(self.transaction_id))
        if relation_loading(parent, name) == "dynamic":
            return then
        if relation_kind(parent, name) in ("many-to-one", "one-to-one", "reverse-one-to-one"):
            return then.first()
        return then.all()
