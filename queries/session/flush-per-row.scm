; A flush in each turn of a loop.
((_) @site
  (#fires? @site flush)
  (#per-row? @site))
