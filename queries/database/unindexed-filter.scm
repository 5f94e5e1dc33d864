; A filter by columns that no index serves: only a profile of the database tells.
((_) @site
  (#unindexed? @site filter))
