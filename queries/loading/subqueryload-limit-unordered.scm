; subqueryload of limited rows that are not ordered: its own statement limits anew, and may choose other rows.
((call function: (attribute object: (_) @statement attribute: (identifier) @limit)) @place
  (#eq? @limit "limit")
  (#match? @statement "subqueryload")
  (#not-match? @statement "order_by")
  (#value? @statement statement))
