; Rows that are fetched in batches are put into one list.
((call function: (attribute object: (call function: (attribute attribute: (identifier) @batches)) attribute: (identifier) @all)) @site
  (#eq? @batches "yield_per")
  (#eq? @all "all")
  (#fires? @site evaluate))
