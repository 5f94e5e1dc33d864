; A request that fetches a table or a large part of it: only a profile of the database tells how large.
((_) @site
  (#fires? @site evaluate)
  (#not-clause? @site streamed)
  (#inside? @site request)
  (#at-least? @site fetched 10000))
