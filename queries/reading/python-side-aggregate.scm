; A sum, maximum or minimum of one column, made in Python from whole rows.
((call function: (identifier) @function
    arguments: (generator_expression body: (attribute object: (identifier) attribute: (identifier) @column)
      . (for_in_clause right: (call) @site) .))
  (#any-of? @function "sum" "max" "min")
  (#column? @column)
  (#fires? @site evaluate related-query))

((call function: (identifier) @function
    arguments: (argument_list . (list_comprehension body: (attribute object: (identifier) attribute: (identifier) @column)
      . (for_in_clause right: (call) @site) .) .))
  (#any-of? @function "sum" "max" "min")
  (#column? @column)
  (#fires? @site evaluate related-query))
