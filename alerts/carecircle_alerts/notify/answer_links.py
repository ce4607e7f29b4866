"""Answer links: the addresses in an offer's message by which a responder answers without signing in (pure).

Accepting and declining are POSTs. What a person clicks is a page that asks once more, because mail scanners and chat
previews open every address that they see.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from carecircle_alerts.links import Link, sign_link
from carecircle_alerts.notify.channel import Outgoing

# The link also opens the assignment that comes of the offer, which lasts as long as a visit.
_OUTLIVES_OFFER = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class OfferAddresses:
    """Where one offer can be accepted and declined by POST, and the page on which a person does so."""

    accept_url: str
    decline_url: str
    page_url: str


@dataclass(frozen=True, slots=True)
class AnswerLinks:
    """Makes addresses below the console's public URL."""

    public_url: str
    secret: str = field(repr=False)

    def of(self, message: Outgoing) -> OfferAddresses | None:
        """The addresses for an offer's message; None for all others."""
        if message.audience != "offer" or message.offer_id is None or message.offer_expires_at is None:
            return None
        link = Link(message.recipient_id, message.offer_id)
        token = sign_link(self.secret, link, message.offer_expires_at + _OUTLIVES_OFFER)
        base = self.public_url.rstrip("/")
        return OfferAddresses(
            accept_url=f"{base}/api/offers/{message.offer_id}/accept?token={token}",
            decline_url=f"{base}/api/offers/{message.offer_id}/decline?token={token}",
            page_url=f"{base}/answer/{message.offer_id}?token={token}",
        )
