; Rows put into a session one by one.
((_) @site
  (#fires? @site add)
  (#per-row? @site))
