; Outside of loops: a related row is loaded only to read its key, which the row that points at it already holds.
((attribute object: (attribute) @row @site attribute: (identifier))
  (#orm? @site django)
  (#fires? @site lazy-load)
  (#not-per-row? @site)
  (#sure? @site)
  (#relation? @site many-to-one one-to-one)
  (#reads-next? @site pk)
  (#said-once? @row))
