; All rows are fetched, and the first few are kept.
((subscript value: (call function: (identifier) @list arguments: (argument_list . (_) .)) @site subscript: (slice) @range)
  (#eq? @list "list")
  (#match? @range "^[0-9]*:[A-Za-z0-9_]+$")
  (#fires? @site evaluate related-query))

((subscript value: (call function: (attribute attribute: (identifier) @all)) @site subscript: (slice) @range)
  (#any-of? @all "all" "fetchall")
  (#match? @range "^[0-9]*:[A-Za-z0-9_]+$")
  (#orm? @site sqlalchemy)
  (#fires? @site evaluate))
