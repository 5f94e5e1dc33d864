; A collection finds its rows by a foreign key that has no index.
((_) @site
  (#fires? @site misuse)
  (#fault? @site unindexed-key))
