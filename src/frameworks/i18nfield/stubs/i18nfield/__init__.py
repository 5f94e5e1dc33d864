"""i18nfield: texts in several languages, kept in one column."""
