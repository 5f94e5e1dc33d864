; A column whose new type PostgreSQL can only give it by writing the whole table anew.
((_) @site
  (#fires? @site migrate)
  (#fault? @site rewrites-table)
  (#not-fewer? @site rows 10000))
