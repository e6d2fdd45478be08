"""Campaigns and the templates new events start from, as plain values. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SkillNeed:
    """A skill that a post of a template needs, and how well (1 to 3)."""

    code: str
    level: int


@dataclass(frozen=True, slots=True)
class PostTemplate:
    """A post that new events get."""

    title: str
    duties: str
    min_people: int
    max_people: int
    skills: tuple[SkillNeed, ...]


@dataclass(frozen=True, slots=True)
class ShiftTemplate:
    """A shift that new events get, counted from the event's start."""

    title: str
    offset_minutes: int
    minutes: int
    posts: tuple[PostTemplate, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """What a new event of a campaign starts from, in one language."""

    title: str
    minutes: int
    risk_notice: str
    what_to_bring: str
    registration: Mapping[str, Any]
    shifts: tuple[ShiftTemplate, ...]


@dataclass(frozen=True, slots=True)
class CampaignEntry:
    """A campaign as pages use it."""

    id: int
    code: str
    zh: str
    en: str
    summary_zh: str
    summary_en: str
    clause: str
    icon: str
    audience_codes: tuple[str, ...]
    theme_code: str | None
    form_code: str | None
    raw_template: Mapping[str, Any]
    is_active: bool

    def name(self, language: str) -> str:
        """Return the campaign's name in a language, zh or en."""
        return self.en if language == "en" else self.zh

    def summary(self, language: str) -> str:
        """Return what the campaign is about, in a language."""
        return self.summary_en if language == "en" else self.summary_zh

    def template(self, language: str) -> Template:
        """Return what a new event starts from, its texts in a language."""
        return read_template(self.raw_template, language)


def read_template(raw: Mapping[str, Any], language: str) -> Template:
    """Return a stored template as plain values.

    Args:
        raw: As in ``data/campaigns.json``: texts twice (``title_zh``, ``title_en``), shifts with
            their offset in minutes, posts that name their shift by its code.
        language: zh or en.
    """

    def text(of: Mapping[str, Any], key: str) -> str:
        return str(of.get(f"{key}_{language}") or of.get(f"{key}_zh") or "")

    def posts_of(shift_code: str) -> tuple[PostTemplate, ...]:
        return tuple(
            PostTemplate(
                title=text(post, "title"),
                duties=text(post, "duties"),
                min_people=post["min_people"],
                max_people=post["max_people"],
                skills=tuple(SkillNeed(need["code"], need["level"]) for need in post["skills"]),
            )
            for post in raw["posts"]
            if post["shift"] == shift_code
        )

    return Template(
        title=text(raw, "title"),
        minutes=raw["minutes"],
        risk_notice=text(raw, "risk_notice"),
        what_to_bring=text(raw, "what_to_bring"),
        registration=raw["registration"],
        shifts=tuple(
            ShiftTemplate(
                title=text(shift, "title"),
                offset_minutes=shift["offset_minutes"],
                minutes=shift["minutes"],
                posts=posts_of(shift["code"]),
            )
            for shift in raw["shifts"]
        ),
    )
