; Rows that are read again one by one.
((_) @site
  (#fires? @site refresh)
  (#per-row? @site))
