from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from volunteer_hub.core.database import Model


class Campaign(Model):
    """A 专项行动 that events belong to, with the template a new event starts from."""

    __tablename__ = "campaign"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    zh: Mapped[str] = mapped_column(String(60))
    en: Mapped[str] = mapped_column(String(80))
    summary_zh: Mapped[str] = mapped_column(Text)
    summary_en: Mapped[str] = mapped_column(Text)
    clause: Mapped[str] = mapped_column(String(60), default="")
    icon: Mapped[str] = mapped_column(String(30))
    audience_codes: Mapped[list[str]] = mapped_column(JSON)
    theme_code: Mapped[str | None] = mapped_column(String(40))
    form_code: Mapped[str | None] = mapped_column(String(40))
    template: Mapped[dict[str, Any]] = mapped_column(JSON)
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)
