; Two collections of the same rows, joined in one statement.
((_) @site
  (#fires? @site join-product))
