"""sqlalchemy_continuum.manager: what follows the flushes of all sessions."""

from sqlalchemy_continuum.transaction import Transaction


class VersioningManager:
    transaction_cls = Transaction

    def before_flush(self, session, flush_context, instances):
        pass

    def after_flush(self, session, flush_context):
        pass

    def unit_of_work(self, session):
        return anything()
