; Rows are counted for their number, then fetched all the same. In a condition the number may say that they are too many.
([
  (assignment right: (call) @site)
  (argument_list (call) @site)
  (keyword_argument value: (call) @site)
  (pair value: (call) @site)
  (interpolation (call) @site)
 ]
  (#fires? @site asked-before)
  (#action? @site count acount))
