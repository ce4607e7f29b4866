"""Long tail: messaging services that no channel of ours speaks to, through Apprise (I/O, in threads).

An address is an Apprise URL. Only services with a host of their own are let in: other schemes reach any host, local
programs or files. Parameters are refused as well, because some name a local file as a template.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from carecircle_alerts.notify.channel import Failed, Outgoing, Result, Sent, Unknown
from carecircle_alerts.notify.wording.compose import subject

SCHEMES = frozenset({
    "discord", "ifttt", "line", "pbul", "pover", "pushplus", "schan", "slack", "tgram", "threema",
    "wxpusher", "wxteams",
})  # fmt: skip
_TIMEOUT_S = 12.0
_PLACES = 8


class LongTailChannel:
    """Hands messages to Apprise. Its calls block and cannot be stopped, so they have threads of their own."""

    def __init__(self, timeout_s: float = _TIMEOUT_S, places: int = _PLACES) -> None:
        self._timeout_s = timeout_s
        self._places = places
        self._busy = 0
        self._threads = ThreadPoolExecutor(places, thread_name_prefix="apprise")

    async def send(self, message: Outgoing) -> Result:
        """Hand over one message; Apprise says no more than that it worked or did not."""
        refusal = why_refused(message.address)
        if refusal is not None:
            return Failed(refusal, again=False)
        if self._busy >= self._places:
            return Failed("every place hangs", again=True)
        self._busy += 1
        call = asyncio.get_running_loop().run_in_executor(self._threads, self._notify, message)
        call.add_done_callback(lambda _call: self._free())
        try:
            async with asyncio.timeout(self._timeout_s):
                return await asyncio.shield(call)
        except TimeoutError:
            return Unknown("no answer in time")

    def _free(self) -> None:
        self._busy -= 1

    def _notify(self, message: Outgoing) -> Result:
        # Read with the first message, in this thread: few installations have such addresses, and all have the channel.
        from apprise import Apprise, AppriseAsset

        apprise = Apprise(asset=AppriseAsset(async_mode=False, plugin_paths=[], storage_mode="memory"))
        if not apprise.add(message.address):
            return Failed("address is no service that Apprise knows", again=False)
        taken = apprise.notify(body=message.text, title=subject(message.audience, message.language))
        return Sent() if taken else Failed("not taken", again=True)


def why_refused(address: str) -> str | None:
    """Why an address is not let through; None when it is."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return "address is no URL"
    if parts.scheme.lower() not in SCHEMES:
        return "service is not on the list"
    if parts.query or parts.fragment or any(mark in address for mark in ("?", "\n", ",", " ")):
        return "address has parameters"
    return None
