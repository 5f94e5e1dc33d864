; A relation with one target, read on a row that does not hold it, once per row.
((_) @site
  (#fires? @site lazy-load)
  (#per-row? @site))
