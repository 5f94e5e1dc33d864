; A look-up or a query that is built and run in each turn of a loop.
((_) @site
  (#fires? @site get evaluate)
  (#per-row? @site))
