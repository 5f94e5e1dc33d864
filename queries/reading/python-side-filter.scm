; Rows are fetched, and a condition on one of their columns throws some away.
((list_comprehension body: (identifier) . (for_in_clause right: (call) @site) . (if_clause (attribute object: (identifier) attribute: (identifier) @column)) .)
  (#column? @column)
  (#fires? @site evaluate related-query))

((list_comprehension body: (identifier) . (for_in_clause right: (call) @site) . (if_clause (not_operator argument: (attribute object: (identifier) attribute: (identifier) @column))) .)
  (#column? @column)
  (#fires? @site evaluate related-query))

; Compared with what is known without the row.
((list_comprehension body: (identifier) . (for_in_clause right: (call) @site)
  . (if_clause (comparison_operator . (attribute object: (identifier) attribute: (identifier) @column)
      . [(identifier) (integer) (float) (string) (none) (true) (false) (tuple) (list) (set)] .)) .)
  (#column? @column)
  (#fires? @site evaluate related-query))
