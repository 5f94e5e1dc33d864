; A statement into whose text values were formatted, where parameters belong.
((_) @site
  (#fires? @site built-sql))
