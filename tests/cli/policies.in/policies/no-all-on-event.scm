; Event.objects.all()
((call function: (attribute object: (_) @rows attribute: (identifier) @method)) @place
  (#eq? @method "all")
  (#value? @rows manager queryset)
  (#model? @rows Event))
