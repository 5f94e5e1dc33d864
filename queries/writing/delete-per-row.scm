; Rows that are deleted one by one.
((_) @site
  (#fires? @site delete)
  (#per-row? @site))
