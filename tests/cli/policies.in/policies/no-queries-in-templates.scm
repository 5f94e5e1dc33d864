; A template that reads from the database.
((_) @site
  (#fires? @site lazy-load related-query prefetch-defeated get evaluate count deferred-column)
  (#inside? @site template))
