; Links of a many-to-many that are written one by one.
((_) @site
  (#fires? @site link-change)
  (#per-row? @site))
