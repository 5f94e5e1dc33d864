; The first rows of a large table in an order that no index has: only a profile of the database tells.
((_) @site
  (#unindexed? @site order))
