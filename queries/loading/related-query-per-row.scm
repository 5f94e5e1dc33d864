; A set of related rows, read once per row.
((_) @site
  (#fires? @site related-query)
  (#per-row? @site))
