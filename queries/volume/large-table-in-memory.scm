; Code outside requests that keeps a large table in memory: only a profile of the database tells how large.
((_) @site
  (#fires? @site evaluate)
  (#not-clause? @site streamed)
  (#not-inside? @site request)
  (#at-least? @site fetched 100000))
