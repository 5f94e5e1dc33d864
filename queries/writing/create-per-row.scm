; Rows that are inserted one by one.
((_) @site
  (#fires? @site create)
  (#per-row? @site))
