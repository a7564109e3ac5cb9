"""How orders are placed: in the background, or so that the answer brings the clip.

An order in the background is only worth its price to somebody who may ask after it. Some keys may
order and not ask, and what they order is billed and lost. So before the first order the service is
asked for an interaction that does not exist, which is free: a key that may ask is answered that
there is none. With one that may not, orders wait for their clips.

What is remembered between runs is the refusal alone, for a day, by the endpoint and the kind of
key, which is public: nothing is made of the key itself. That a key may ask is found out anew by
each run that orders something: it costs one request, and an answer that was another key's could
cost clips.
"""

from __future__ import annotations

import time

from krafity_cli.engines.gemini.account import WAITING, Account
from krafity_cli.engines.gemini.service import Service
from krafity_cli.engines.gemini.troubles import is_two_credentials, plain
from krafity_cli.engines.google.catalog import Model
from krafity_cli.engines.google.errors.polls import unanswered
from krafity_cli.engines.google.errors.translate import Asked, words
from krafity_cli.engines.protocol import Busy, Failed, Gone, Lost, Memory, Mode

REFUSED = "this key is not allowed to check on orders that run in the background"

BACKGROUND = Mode("background")
WAITS = Mode("waiting")
WAITS_BY_ITSELF = Mode("waiting", f"{REFUSED}, so each order waits in its request for the clip")

_NOBODYS = "krafity-doctor"
"""The id of no interaction: a key that may ask is told so, one that may not is told that."""

_DAY = 86400.0


async def mode(
    service: Service, model: Model, memory: Memory | None = None
) -> Mode | Failed | Busy:
    """How orders are placed from now on; found out once. `Failed` where none is collected."""
    async with service.checking:
        account = service.account
        if account.waiting:
            return WAITS
        if service.mode is None or (service.may_not_ask and service.mode is BACKGROUND):
            found = await _found(service, model, memory)
            if not isinstance(found, Mode):
                return found
            service.mode = found
        return service.mode


async def _found(service: Service, model: Model, memory: Memory | None) -> Mode | Failed | Busy:
    account = service.account
    remembers = memory is not None and account.waiting is None
    said = service.may_not_ask
    if not said and not (remembers and memory and _is_remembered(memory, account)):
        answer = await asked(service, model)
        if not isinstance(answer, str):
            return answer
        if not answer:
            return BACKGROUND
        said = answer
    if account.waiting is False:
        hint = f"unset {WAITING}, so that orders wait in their requests for the clips"
        return Failed(
            f"{REFUSED}, so orders would be billed but could not be collected",
            said,
            hint,
            everywhere=True,
            code="key-may-not-ask",
        )
    if memory is not None and said:
        memory.put(_key(account), str(time.time() + _DAY))
    return WAITS_BY_ITSELF


async def asked(service: Service, model: Model) -> str | Failed | Busy:
    """Why this key may not ask after orders, in the service's words; empty where it may."""
    try:
        await service.interaction(_NOBODYS)
    except Exception as error:
        if is_two_credentials(error):
            return words(plain(error))
        became = service.became(error, Asked(model))
        if isinstance(unanswered(service.name, "interaction", plain(error), became), Gone):
            return ""
        if isinstance(became, Lost):
            return Busy(became.why)  # nothing is lost by asking that again
        if isinstance(became, Busy) or (isinstance(became, Failed) and became.everywhere):
            return became
        what = "krafity could not find out whether this API key may collect orders"
        hint = f"export {WAITING}=1, so that orders wait in their requests for the clips"
        return Failed(what, words(plain(error)), hint, everywhere=True)
    return ""


def _is_remembered(memory: Memory, account: Account) -> bool:
    try:
        return time.time() < float(memory.get(_key(account)) or 0.0)
    except ValueError:  # a memory may be lost or spoilt without harm
        return False


def _key(account: Account) -> str:
    kind = "AQ" if account.key.startswith("AQ.") else "other"
    return f"may not ask {account.identity} {account.variable} {kind}"
