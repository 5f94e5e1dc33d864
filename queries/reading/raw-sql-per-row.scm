; Raw SQL in a loop.
((_) @site
  (#fires? @site raw)
  (#per-row? @site))
