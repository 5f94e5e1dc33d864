; A commit in each turn of a loop.
((_) @site
  (#fires? @site commit)
  (#per-row? @site))
