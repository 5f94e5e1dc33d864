; Rows are tested for existence, then fetched all the same.
((_) @site
  (#fires? @site asked-before)
  (#action? @site exists aexists))
