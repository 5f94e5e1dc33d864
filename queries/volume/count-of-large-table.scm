; A request that counts a whole large table: only a profile of the database tells how large.
((_) @site
  (#fires? @site count)
  (#action? @site count acount paginate)
  (#not-clause? @site where limit)
  (#inside? @site request)
  (#at-least? @site rows 1000000))
