; Rows are tested for existence, then one of them is fetched all the same.
((_) @site
  (#fires? @site asked-before-get)
  (#action? @site exists aexists))
