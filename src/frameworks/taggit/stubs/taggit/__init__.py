"""taggit: tags that hang on rows by a manager, which is a relation (see the fields of models)."""
