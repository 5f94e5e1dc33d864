; A foreign key is joined by select_related and left out by only() or defer().
((_) @site
  (#fires? @site misuse)
  (#fault? @site joined-but-deferred))
