; Whatever sends a statement again and again, so that its footprint is told.
((_) @site (#per-row? @site))
