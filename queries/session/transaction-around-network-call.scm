; A request over the network is waited for while a transaction is open.
((_) @site
  (#fires? @site misuse)
  (#fault? @site awaits-network))
