; An engine that lives as long as a call of a function, and its pool with it.
((assignment left: (identifier) @engine right: (call function: (_) @create) @place)
  (#match? @create "create_engine")
  (#names? @create "sqlalchemy.create_engine" "sqlalchemy.engine.create_engine" "sqlmodel.create_engine")
  (#inside? @place function)
  (#stays? @engine))
