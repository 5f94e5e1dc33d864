; A merge in each turn of a loop.
((_) @site
  (#fires? @site merge)
  (#per-row? @site))
