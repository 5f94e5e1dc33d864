; A pattern that no index serves, in a large table that is read whole: only a profile of the database tells.
((_) @site
  (#unindexed? @site pattern)
  (#not-clause? @site not))
