; A condition that is checked of every row while the table is locked.
((_) @site
  (#fires? @site migrate)
  (#fault? @site checks-table)
  (#not-fewer? @site rows 10000))
