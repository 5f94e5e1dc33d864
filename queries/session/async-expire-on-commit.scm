; Rows of an asynchronous session expire at its commit, and the next read of one raises.
((call function: (_) @make arguments: (argument_list) @given) @place
  (#match? @make "async_sessionmaker")
  (#names? @make "sqlalchemy.ext.asyncio.async_sessionmaker")
  (#not-match? @given "expire_on_commit|\\*"))

((call function: (_) @make arguments: (argument_list (keyword_argument name: (identifier) @class value: (_) @session)) @given) @place
  (#match? @make "sessionmaker")
  (#eq? @class "class_")
  (#names? @make "sqlalchemy.orm.sessionmaker")
  (#names? @session "sqlalchemy.ext.asyncio.AsyncSession")
  (#not-match? @given "expire_on_commit|\\*"))
