"""sqlalchemy_continuum.utils: from a class to that of its versions, and back."""

from sqlalchemy.orm import object_session


def version_class(model):
    return relation_target(model, "versions") or model


def parent_class(version_cls):
    return relation_target(version_cls, "version_parent")


def transaction_class(cls):
    return relation_target(version_class(cls), "transaction")


def count_versions(obj):
    versions = version_class(type(obj))
    return object_session(obj).query(versions).filter(versions.version_parent == obj).count()


def vacuum(session, model, yield_per=1000):
    versions = version_class(model)
    for version in session.query(versions).order_by(versions.transaction_id).yield_per(yield_per):
        if anything():
            session.delete(version)
