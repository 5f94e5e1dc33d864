from .models import Crate, Pallet
from .signals import crate_sold, crate_weighed, pallet_moved

outbox = []


@crate_weighed.connect
def tell_grower(sender, crate):
    outbox.append(f"{crate.grower.phone}: {crate.weight}")  # expect[lazy-load-per-row] "Crate.grower"


@crate_sold.connect_via(Pallet)
def tell_mover(sender, crate):
    outbox.append(crate.grower.phone)


@crate_sold.connect_via(Crate)
def tell_seller(sender, crate):
    outbox.append(crate.grower_id)


@pallet_moved.connect
def note_move(sender, pallet):
    outbox.append(pallet.grower.phone)
