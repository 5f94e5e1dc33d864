; Stored rows that are written one by one.
((_) @site
  (#fires? @site save)
  (#per-row? @site))
