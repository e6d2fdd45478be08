"""Pages on which people sign in, and stay who they are."""

from volunteer_hub.accounts.views import account, family, number, second, signing_in
from volunteer_hub.accounts.views.base import blueprint

__all__ = ["account", "blueprint", "family", "number", "second", "signing_in"]
