; Rows in random order: the database numbers and sorts every row that matches.
((_) @site
  (#fires? @site misuse)
  (#fault? @site random-order))

((call function: (attribute attribute: (identifier) @order)
    arguments: (argument_list . (call function: (attribute) @function arguments: (argument_list)) .)) @place
  (#eq? @order "order_by")
  (#names? @function "sqlalchemy.func.random" "sqlalchemy.func.rand"))
