; A property of Python compared in a condition: Python compares the property itself, and sends `false` or `true`.
((call function: (attribute attribute: (identifier) @method)
  arguments: (argument_list
    (comparison_operator (attribute object: (_) @class attribute: (identifier) @property) operators: ["==" "!="]) @place))
  (#any-of? @method where filter having)
  (#value? @class class)
  (#property? @property @class))

((call function: (identifier) @method
  arguments: (argument_list
    (comparison_operator (attribute object: (_) @class attribute: (identifier) @property) operators: ["==" "!="]) @place))
  (#any-of? @method and_ or_ not_)
  (#value? @class class)
  (#property? @property @class))

((call function: (attribute object: (_) @rows attribute: (identifier) @method)
  arguments: (argument_list (keyword_argument name: (identifier) @property) @place))
  (#eq? @method "filter_by")
  (#not-match? @rows "join")
  (#property? @property @rows))
