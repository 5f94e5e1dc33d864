; A column that may not be NULL, without a value for the rows that are there.
((_) @site
  (#fires? @site migrate)
  (#fault? @site lacks-default))
