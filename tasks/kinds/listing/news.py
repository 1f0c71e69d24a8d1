"""News of listings, for whoever acts on them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ListingAccepted:
    """A version of a product's listing on a channel was accepted."""

    listing_id: int
    product_id: int
    number: int
