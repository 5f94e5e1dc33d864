; An eager load that is sent for each row by itself.
((_) @site
  (#fires? @site eager-load)
  (#per-row? @site))
