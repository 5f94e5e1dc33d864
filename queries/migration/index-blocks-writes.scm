; An index that a migration builds while the writes of its table wait.
((_) @site
  (#fires? @site migrate)
  (#fault? @site builds-index)
  (#not-fewer? @site rows 10000))
