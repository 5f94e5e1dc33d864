; Rows are fetched to be asked whether there are any.
([
  (if_statement condition: (call function: (attribute attribute: (identifier) @method)) @site)
  (elif_clause condition: (call function: (attribute attribute: (identifier) @method)) @site)
  (conditional_expression (_) . (call function: (attribute attribute: (identifier) @method)) @site . (_))
  (not_operator argument: (call function: (attribute attribute: (identifier) @method)) @site)
 ]
  (#any-of? @method "filter" "exclude" "all" "order_by" "select_related" "distinct")
  (#fires? @site evaluate related-query))

; `bool(…)` fetches what Django's `.all()` only describes; SQLAlchemy's has fetched it already.
((call function: (identifier) @bool arguments: (argument_list . (call function: (attribute attribute: (identifier) @method)) .)) @site
  (#eq? @bool "bool")
  (#any-of? @method "filter" "exclude" "all" "order_by" "select_related" "distinct")
  (#fires? @site evaluate related-query))

((call function: (identifier) @bool arguments: (argument_list . (call function: (attribute attribute: (identifier) @method)) @site .))
  (#eq? @bool "bool")
  (#any-of? @method "filter" "exclude" "all" "order_by" "select_related" "distinct")
  (#fires? @site evaluate related-query))
