; Rows are counted for their number, then fetched all the same.
((assignment right: (call) @site)
  (#fires? @site asked-before)
  (#action? @site count acount))

((argument_list (call) @site)
  (#fires? @site asked-before)
  (#action? @site count acount))

((keyword_argument value: (call) @site)
  (#fires? @site asked-before)
  (#action? @site count acount))

((pair value: (call) @site)
  (#fires? @site asked-before)
  (#action? @site count acount))

((interpolation (call) @site)
  (#fires? @site asked-before)
  (#action? @site count acount))
