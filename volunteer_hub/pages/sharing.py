"""What other programs are told of an event's page: search engines, and cards in chats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import current_app, url_for

from volunteer_hub.catalogue import queries as catalogue
from volunteer_hub.core.formats import local, span_of
from volunteer_hub.core.i18n import html_language, language
from volunteer_hub.core.pages import asset
from volunteer_hub.core.paths import STATIC
from volunteer_hub.events.models import Event, Status
from volunteer_hub.pages.cards import CITY_PREFIX, place_of

USUAL_PICTURE: Final = "general"
_MANDARIN: Final = "zh-CN"
_LANGUAGES: Final = {
    "korean": "ko", "english": "en", "japanese": "ja", "manchu": "mnc", "sign_language": "csl",
    "mandarin": _MANDARIN,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Card:
    """What a chat shows of a link."""

    title: str
    text: str
    address: str
    picture: str


def card_of(event: Event) -> Card:
    """Return the card of an event's page."""
    return Card(
        title=event.title,
        text=" · ".join(filter(None, (span_of(event.starts_at, event.ends_at), place_of(event)))),
        address=_site() + url_for("pages.show_event", event_id=event.id),
        picture=_site() + asset(_picture(event.campaign.icon)),
    )


def facts_of(event: Event, *, places_left: int | None) -> dict[str, Any]:
    """Return the event as schema.org describes one, for search engines.

    Args:
        event: With organisation, campaign, venue and region loaded.
        places_left: How many more may register, or None when there is no limit.
    """
    card = card_of(event)
    facts = {
        "@context": "https://schema.org",
        "@type": "EducationEvent",
        "@id": card.address,
        "url": card.address,
        "name": event.title,
        "description": event.summary or card.text,
        "image": [card.picture],
        "startDate": local(event.starts_at).isoformat(),
        "endDate": local(event.ends_at).isoformat(),
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "isAccessibleForFree": True,
        "inLanguage": [_LANGUAGES.get(code, code) for code in event.language_codes] or _MANDARIN,
        "location": _place(event),
        "organizer": {"@type": "Organization", "name": event.organisation.shown_name(language())},
        "audience": [
            {"@type": "Audience", "audienceType": catalogue.name_of("audience", code, language())}
            for code in event.audience_codes
        ],
        **_state(event),
        **_offer(event, card.address, places_left),
    }
    if event.speaker_name:
        facts["performer"] = {"@type": "Person", "name": event.speaker_name}
    return facts


def _state(event: Event) -> dict[str, str]:
    if event.status is Status.CANCELLED:
        return {"eventStatus": "https://schema.org/EventCancelled"}
    if event.moved_from is not None and event.moved_from != event.starts_at:
        return {
            "eventStatus": "https://schema.org/EventRescheduled",
            "previousStartDate": local(event.moved_from).isoformat(),
        }
    return {"eventStatus": "https://schema.org/EventScheduled"}


def _place(event: Event) -> dict[str, Any]:
    region = event.venue.region if event.venue else event.region
    path = region.full_name.removeprefix(CITY_PREFIX) if region else ""
    place: dict[str, Any] = {
        "@type": "Place",
        "name": event.venue.name if event.venue else path,
        "address": {
            "@type": "PostalAddress",
            "addressCountry": "CN",
            "addressRegion": "辽宁省",
            "addressLocality": "丹东市",
            "streetAddress": f"{path}{event.venue.address if event.venue else ''}",
        },
    }
    if event.venue and event.venue.lat is not None:
        place["geo"] = {
            "@type": "GeoCoordinates", "latitude": event.venue.lat, "longitude": event.venue.lng,
        }  # fmt: skip
    return place


def _offer(event: Event, address: str, places_left: int | None) -> dict[str, Any]:
    is_off = event.status is Status.CANCELLED or places_left == 0
    availability = "SoldOut" if is_off else "InStock"
    offer = {
        "@type": "Offer",
        "price": 0,
        "priceCurrency": "CNY",
        "url": address,
        "availability": f"https://schema.org/{availability}",
    }
    if event.published_at is not None:
        offer["validFrom"] = local(event.published_at).isoformat()
    if event.capacity is None:
        return {"offers": offer}
    return {"offers": offer, "maximumAttendeeCapacity": event.capacity}


def _picture(icon: str) -> str:
    path = f"share/{icon}.png"
    return path if (STATIC / path).is_file() else f"share/{USUAL_PICTURE}.png"


def page_language() -> str:
    """Return the page's language as cards name it: zh_CN."""
    return html_language().replace("-", "_")


def _site() -> str:
    return str(current_app.config["PUBLIC_URL"])
