; Look-up and insert, row by row.
((_) @site
  (#fires? @site get-or-create)
  (#per-row? @site))
