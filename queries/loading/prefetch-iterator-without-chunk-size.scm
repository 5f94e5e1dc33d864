; Prefetched rows are read by iterator(), which does not know how many of them to prefetch for at a time.
((_) @site
  (#fires? @site misuse)
  (#fault? @site unchunked-prefetch))
