; Keys are fetched only to be sent back as the values of an IN.
((keyword_argument name: (identifier) @lookup value: (call function: (identifier) @list arguments: (argument_list . (call) .)) @site)
  (#match? @lookup "__in$")
  (#any-of? @list "list" "set" "tuple")
  (#orm? @site django)
  (#fires? @site evaluate related-query))

((keyword_argument name: (identifier) @lookup value: (list_comprehension body: (attribute) . (for_in_clause right: (call) @site) .))
  (#match? @lookup "__in$")
  (#orm? @site django)
  (#fires? @site evaluate related-query))
