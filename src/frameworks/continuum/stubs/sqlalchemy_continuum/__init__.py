"""SQLAlchemy-Continuum: each versioned class has a class of its versions, whose rows ask for one another and for relations."""

from sqlalchemy_continuum.manager import VersioningManager
from sqlalchemy_continuum.operation import Operation
from sqlalchemy_continuum.transaction import TransactionFactory
from sqlalchemy_continuum.utils import count_versions, parent_class, transaction_class, vacuum, version_class

versioning_manager = VersioningManager()


def make_versioned(mapper=None, session=None, manager=None, plugins=None, options=None, user_cls="User"):
    pass


def remove_versioning(mapper=None, session=None, manager=None):
    pass
