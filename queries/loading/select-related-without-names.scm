; select_related() follows every foreign key that may not be NULL, and theirs, five deep.
((_) @site
  (#fires? @site misuse)
  (#fault? @site joins-everything))
