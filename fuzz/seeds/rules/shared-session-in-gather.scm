; Tasks that run side by side share one asynchronous session.
((call function: (_) @gather
    arguments: (argument_list (list_splat [
      (list_comprehension body: (call arguments: (argument_list (identifier) @session)))
      (generator_expression body: (call arguments: (argument_list (identifier) @session)))
      (parenthesized_expression (generator_expression body: (call arguments: (argument_list (identifier) @session))))
    ]))) @place
  (#match? @gather "gather")
  (#names? @gather "asyncio.gather")
  (#value? @session async-session))

((call function: (_) @gather
    arguments: (argument_list
      (call arguments: (argument_list (identifier) @session))
      (call arguments: (argument_list (identifier) @again)))) @place
  (#match? @gather "gather")
  (#eq? @session @again)
  (#names? @gather "asyncio.gather")
  (#value? @session async-session))

((call function: (_) @gather
    arguments: (argument_list
      (call function: (attribute object: (identifier) @session))
      (call function: (attribute object: (identifier) @again)))) @place
  (#match? @gather "gather")
  (#eq? @session @again)
  (#names? @gather "asyncio.gather")
  (#value? @session async-session))
