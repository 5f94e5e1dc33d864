; A select() joins a collection, and its result is read as it comes.
((_) @site
  (#fires? @site misuse)
  (#fault? @site not-unique))
