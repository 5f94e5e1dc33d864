; A column that the query left out is read on every row.
((_) @site
  (#fires? @site deferred-column)
  (#per-row? @site))
