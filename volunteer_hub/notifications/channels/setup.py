"""The channels that the settings name."""

from __future__ import annotations

from email.utils import parseaddr
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from flask import Flask

from volunteer_hub.notifications import channels
from volunteer_hub.notifications.channels.base import Channel
from volunteer_hub.notifications.channels.development import DevelopmentChannel
from volunteer_hub.notifications.channels.mail import MailChannel, MailServer, Security
from volunteer_hub.notifications.channels.robots import RobotChannel
from volunteer_hub.notifications.channels.sms import SmsChannel
from volunteer_hub.notifications.channels.webhook import WebhookChannel

if TYPE_CHECKING:
    from config import Settings

SECURITY: Final[dict[str, tuple[Security, int]]] = {
    "smtp": ("starttls", 587),
    "smtps": ("tls", 465),
    "smtp+plain": ("plain", 25),
}


def use_channels_of(app: Flask) -> list[str]:
    """Let the application send over the channels its settings name; return their names."""
    settings: Settings = app.config["CHANNEL_SETTINGS"]
    found: list[Channel] = [DevelopmentChannel()] if app.config["IS_DEVELOPMENT"] else []
    if settings.smtp_url:
        found.append(_mail(settings))
    if settings.sms_url:
        found.append(_sms(settings))
    robots = (
        ("wecom", settings.wecom_url, ""),
        ("dingtalk", settings.dingtalk_url, settings.dingtalk_secret),
        ("feishu", settings.feishu_url, settings.feishu_secret),
    )
    found += [RobotChannel(name, url, secret) for name, url, secret in robots if url]
    if settings.webhook_url:
        found.append(WebhookChannel(settings.webhook_url, settings.webhook_secret))
    channels.use(app, found)
    return [channel.name for channel in found]


def _mail(settings: Settings) -> MailChannel:
    parts = urlsplit(settings.smtp_url)
    security, usual_port = SECURITY[parts.scheme]
    name, address = parseaddr(settings.mail_from)
    return MailChannel(
        server=MailServer(
            host=parts.hostname or "",
            port=parts.port or usual_port,
            security=security,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            ca_file=settings.smtp_ca_file or None,
        ),
        sender=address,
        sender_name=name or settings.site_name,
        domain=urlsplit(settings.public_url).hostname or "localhost",
        per_second=settings.mail_per_second,
    )


def _sms(settings: Settings) -> SmsChannel:
    return SmsChannel(
        url=settings.sms_url,
        key=settings.sms_key,
        secret=settings.sms_secret,
        signature=settings.sms_signature,
        templates=settings.sms_templates,
        per_second=settings.sms_per_second,
    )
