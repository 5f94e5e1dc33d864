; Invoices are only read through billing.services.
((_) @site
  (#fires? @site lazy-load related-query get evaluate count)
  (#model? @site billing.Invoice)
  (#not-module? @site billing.services billing.models))
