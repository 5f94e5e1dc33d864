; Rows are fetched to be counted and used for nothing else.
((call function: (identifier) @len arguments: (argument_list . (call) .)) @site
  (#eq? @len "len")
  (#fires? @site evaluate related-query))

((call function: (identifier) @len arguments: (argument_list . (call function: (identifier) @list) @site .))
  (#eq? @len "len")
  (#eq? @list "list")
  (#fires? @site evaluate related-query))

((call function: (identifier) @len arguments: (argument_list . (call function: (attribute attribute: (identifier) @all)) @site .))
  (#eq? @len "len")
  (#eq? @all "all")
  (#fires? @site evaluate))

((call function: (identifier) @len arguments: (argument_list . (identifier) @rows .)) @site
  (#eq? @len "len")
  (#asks-only? @rows "filter" "exclude" "order_by" "values" "values_list" "annotate" "aggregate" "only" "defer"
    "select_related" "prefetch_related" "distinct" "update" "delete" "none")
  (#fires? @site evaluate related-query))
