; A column that leads the primary key, with an index of its own besides that of the key.
((_) @site
  (#fires? @site misuse)
  (#fault? @site redundant-index))
