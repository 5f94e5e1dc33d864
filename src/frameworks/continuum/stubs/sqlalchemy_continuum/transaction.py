"""sqlalchemy_continuum.transaction: what was done at once, when, and by whom. The schema knows its columns."""


class TransactionBase:
    pass


class Transaction(TransactionBase):
    pass


class TransactionFactory:
    def __init__(self, remote_addr=True):
        pass
