; A data migration that sends a statement for each row.
((_) @site
  (#fires? @site migrate)
  (#fault? @site writes-per-row)
  (#not-fewer? @site rows 1000))
