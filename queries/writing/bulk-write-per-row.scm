; A bulk write inside a loop.
((_) @site
  (#fires? @site bulk)
  (#per-row? @site))
