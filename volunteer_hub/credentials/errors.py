from __future__ import annotations

from volunteer_hub.core.errors import DomainError
from volunteer_hub.core.text import N_


class TooManyCredentialsError(DomainError):
    """Nobody needs so many."""

    code = "too_many_credentials"
    message = N_("登记的证件太多了")
    next_step = N_("请先删除用不着的，再登记新的。")


class AlreadyThereError(DomainError):
    """The same credential was filled in before."""

    code = "credential_already_there"
    message = N_("这个证件您已经登记过了")
    next_step = N_("换了新证、有效期变了的，请先删除旧的，再登记。")


class OwnCredentialError(DomainError):
    """Somebody would verify what they filled in themselves."""

    code = "own_credential"
    message = N_("自己的证件要由别人核验")
    next_step = N_("请同事，或者市、县办公室来核验。")


class AlreadyJudgedError(DomainError):
    """Somebody else was faster, or it was judged before."""

    code = "credential_judged"
    message = N_("这个证件刚刚已经有人核验过了")
    next_step = N_("请看看现在的结果。")
