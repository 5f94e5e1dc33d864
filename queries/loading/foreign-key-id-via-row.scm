; A related row is loaded only to read its key, which the row that points at it already holds.
((_) @site
  (#fires? @site lazy-load)
  (#per-row? @site)
  (#relation? @site many-to-one one-to-one)
  (#reads-next? @site pk))
