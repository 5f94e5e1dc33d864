; The same set of rows is asked for again, though the answer is known.
((_) @site
  (#fires? @site asked-again)
  (#not-action? @site property))
