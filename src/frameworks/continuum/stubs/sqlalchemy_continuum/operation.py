"""sqlalchemy_continuum.operation: what happened to a row in a transaction, as its version tells."""


class Operation:
    INSERT = 0
    UPDATE = 1
    DELETE = 2
