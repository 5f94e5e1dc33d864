; A data migration that sends a statement for each row, in a transaction that has locked a table before.
((_) @site
  (#fires? @site migrate)
  (#fault? @site writes-under-lock)
  (#not-fewer? @site rows 1000))
