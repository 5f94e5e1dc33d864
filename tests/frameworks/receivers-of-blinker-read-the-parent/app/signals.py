from blinker import Namespace

market = Namespace()
crate_weighed = market.signal("crate-weighed")
crate_sold = market.signal("crate-sold")
pallet_moved = market.signal("pallet-moved")
