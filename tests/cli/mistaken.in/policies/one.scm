((call) @place (#value? @place cat))
