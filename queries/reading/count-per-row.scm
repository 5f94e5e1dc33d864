; A count, an existence test or an aggregate that is sent once per row.
((_) @site
  (#fires? @site count)
  (#per-row? @site))
