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

((call function: (identifier) @function
    arguments: (generator_expression body: (attribute object: (identifier) attribute: (identifier) @column)
      . (for_in_clause right: (identifier) @rows @site) .))
  (#any-of? @function "sum" "max" "min")
  (#column? @column)
  (#asks-only? @rows "filter" "exclude" "order_by" "values" "values_list" "annotate" "aggregate" "only" "defer"
    "select_related" "prefetch_related" "distinct" "update" "delete" "none" "first" "last" "latest" "earliest")
  (#fires? @site evaluate related-query))

((assignment left: (identifier) @values
    right: (list_comprehension body: (attribute object: (identifier) attribute: (identifier) @column)
      . (for_in_clause right: (call) @site) .))
  (#column? @column)
  (#passed-only? @values "sum" "max" "min" "len")
  (#fires? @site evaluate related-query))

((assignment left: (identifier) @values
    right: (list_comprehension body: (attribute object: (identifier) attribute: (identifier) @column)
      . (for_in_clause right: (identifier) @rows @site) .))
  (#column? @column)
  (#passed-only? @values "sum" "max" "min" "len")
  (#asks-only? @rows "filter" "exclude" "order_by" "values" "values_list" "annotate" "aggregate" "only" "defer"
    "select_related" "prefetch_related" "distinct" "update" "delete" "none" "first" "last" "latest" "earliest")
  (#fires? @site evaluate related-query))
