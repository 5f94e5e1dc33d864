; A part of an indexed date is compared, so that the index is of no use.
((_) @site
  (#fires? @site misuse)
  (#fault? @site function-on-index))
