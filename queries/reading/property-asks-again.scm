; A property that asks the database each time is read again, though the answer is known.
((_) @site
  (#fires? @site asked-again)
  (#action? @site property))
