; An existence test that counts every matching row.
([
  (comparison_operator . (call) @site operators: [">" "!=" "==" "<="] . (integer) @zero .)
  (comparison_operator . (integer) @zero operators: ["<" "!=" "==" ">="] . (call) @site .)
 ]
  (#eq? @zero "0")
  (#fires? @site count)
  (#action? @site count acount))

((comparison_operator . (call) @site operators: [">=" "<"] . (integer) @one .)
  (#eq? @one "1")
  (#fires? @site count)
  (#action? @site count acount))

([
  (if_statement condition: (call) @site)
  (elif_clause condition: (call) @site)
  (not_operator argument: (call) @site)
 ]
  (#fires? @site count)
  (#action? @site count acount))

((call function: (identifier) @bool arguments: (argument_list . (call) @site .))
  (#eq? @bool "bool")
  (#fires? @site count)
  (#action? @site count acount))
