; lazy="noload": the relation is empty whatever the database holds.
((call function: (_) @relationship
    arguments: (argument_list (keyword_argument name: (identifier) @lazy value: (string) @strategy))) @place
  (#eq? @lazy "lazy")
  (#match? @strategy "noload")
  (#match? @strategy "^.noload.$")
  (#names? @relationship "sqlalchemy.orm.relationship" "sqlalchemy.orm.relation" "sqlalchemy.orm.backref"))
