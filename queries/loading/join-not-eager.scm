; A relation read once per row although the query of the rows joins it: joining loads nothing.
((_) @site
  (#fires? @site lazy-load)
  (#per-row? @site)
  (#fault? @site joined))
