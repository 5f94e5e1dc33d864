; select_related names a relation that leads to many rows.
((_) @site
  (#fires? @site misuse)
  (#fault? @site joined-set))
