; A column is read, changed in Python and written back: what others wrote meanwhile is lost. A locked row is safe.
((block
    (expression_statement (augmented_assignment left: (attribute object: (identifier) @row attribute: (identifier) @column) right: [(integer) (float)]) @place)
    . (comment)* .
    (expression_statement (call function: (attribute object: (identifier) @again attribute: (identifier) @save)))) @around
  (#eq? @row @again)
  (#eq? @save "save")
  (#not-match? @around "select_for_update")
  (#value? @row row)
  (#column? @column @row))

((module
    (expression_statement (augmented_assignment left: (attribute object: (identifier) @row attribute: (identifier) @column) right: [(integer) (float)]) @place)
    . (comment)* .
    (expression_statement (call function: (attribute object: (identifier) @again attribute: (identifier) @save)))) @around
  (#eq? @row @again)
  (#eq? @save "save")
  (#not-match? @around "select_for_update")
  (#value? @row row)
  (#column? @column @row))
