; A relation that a row of an asynchronous session does not hold, read where nothing can wait for the query.
((_) @site
  (#fires? @site lazy-load related-query)
  (#fault? @site unawaited))
