; A session that a function opens, uses and forgets: its connection stays out of the pool until Python collects it.
((assignment left: (identifier) @session right: (call function: (_) @make) @place)
  (#match? @make "ession")
  (#stays? @session)
  (#not-asks? @session close rollback commit remove invalidate)
  (#value? @make session-factory))

((assignment left: (identifier) @session right: (call function: (_) @make) @place)
  (#match? @make "Session")
  (#names? @make "sqlalchemy.orm.Session" "sqlmodel.Session")
  (#stays? @session)
  (#not-asks? @session close rollback commit invalidate))
