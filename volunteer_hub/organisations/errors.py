from __future__ import annotations

from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.text import N_


class NoOfficeThereError(DomainError):
    """Offices are of the city or of a county; this region is neither."""

    code = "no_office_there"
    message = N_("只有市和县（市、区）设办公室")
    next_step = N_("请填写市或县（市、区）的行政区划代码，例如 210600。")
