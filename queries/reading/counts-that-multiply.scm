; Two counts over two sets of the same rows: both sets are joined, and each is counted once for every row of the other.
((call function: (attribute object: (_) @rows attribute: (identifier) @annotate)
    arguments: (argument_list
      (keyword_argument value: (call function: (_) @count arguments: (argument_list . (string (string_content) @first) .)))
      (keyword_argument value: (call function: (_) @other arguments: (argument_list . (string (string_content) @second) .))))) @place
  (#eq? @annotate "annotate")
  (#names? @count "django.db.models.Count" "django.db.models.aggregates.Count" "django.db.models.Sum")
  (#names? @other "django.db.models.Count" "django.db.models.aggregates.Count" "django.db.models.Sum")
  (#not-eq? @first @second)
  (#value? @rows manager queryset)
  (#set? @first @rows)
  (#set? @second @rows))
