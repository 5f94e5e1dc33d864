; An offset that grows with the pages of a large table: only a profile of the database tells how large.
((_) @site
  (#fires? @site evaluate)
  (#clause? @site offset)
  (#not-clause? @site where)
  (#inside? @site request)
  (#at-least? @site rows 100000))
