; A prefetched set is asked in a way that its cache can't answer.
((_) @site
  (#fires? @site prefetch-defeated)
  (#per-row? @site))
