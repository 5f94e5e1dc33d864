; An UPDATE or DELETE over a query, sent in each turn of a loop.
((_) @site
  (#fires? @site update bulk-delete)
  (#per-row? @site))
