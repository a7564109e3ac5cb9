"""What an order is: something that is paid for, its state, and what is known of its fate.

An order goes forward only. Each state is a step of its own, and steps are compared by `Step`, so
that two copies of an order that went on apart agree on where it stands once they are merged:

    reserved → intended → submitted → delivered | filtered | failed | unknown → forgotten

Whatever goes back opens a new attempt, which closes the one before: a busy service
(intended → reserved), a refusal (intended → withdrawn), an operation that is found again
(unknown → submitted), a clip that is fetched again (delivered → submitted).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from krafity_cli.engines.protocol import Request


class State(StrEnum):
    """How an order stands, nearest first: of two that one attempt led to, the later one counts.

    `reserved` has its money and surely was not sent yet, `withdrawn` never will be; `intended` is
    being sent, `submitted` has an operation's name, `forgotten` may be bought again.
    """

    RESERVED = "reserved"
    WITHDRAWN = "withdrawn"
    INTENDED = "intended"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    FAILED = "failed"
    FILTERED = "filtered"
    FORGOTTEN = "forgotten"
    DELIVERED = "delivered"


_MOST = 1e12
"""USD or seconds; more is no amount that anybody meant."""

_MOST_ATTEMPTS = 10**6

UNDER_WAY = frozenset({State.RESERVED, State.INTENDED, State.SUBMITTED})

NAMELESS = frozenset({State.RESERVED, State.WITHDRAWN, State.INTENDED})
"""States before the service has given an operation's name: an order that has one is past them."""

_STATES = tuple(State)
_RANKS = {state: rank for rank, state in enumerate(_STATES)}


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """How far an order is. A name is never lost: what has one is further than what has none."""

    is_named: bool
    attempt: int
    rank: int

    @classmethod
    def of(cls, state: State, attempt: int, is_named: bool) -> Step:
        """The step of a state."""
        return cls(is_named, attempt, _RANKS[state])

    @property
    def state(self) -> State:
        """Its state."""
        return _STATES[self.rank]


@dataclass(frozen=True, slots=True)
class Order:
    """One order and its fate. Money in USD, times as ISO 8601 in UTC.

    `price_usd` is what it was expected to cost, `cost_usd` what it did, each `None` where that is
    not known; `seconds` are the seconds of video it is billed for. `request` is frozen as it was
    sent, pictures by digest. `identity` tells which endpoint knows the operation, `attempt` how
    often it was sent or looked for. `board` and `folder` identify the storyboard's file and its
    folder on this machine; both are empty where an older release wrote the order.
    """

    order: str
    n: int
    state: State
    kind: str
    engine: str
    model: str
    request: Mapping[str, Any]
    storyboard: str
    shot: str
    created: str
    identity: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)
    operation: str | None = None
    price_usd: float | None = None
    cost_usd: float | None = None
    basis: str = ""
    seconds: float = 0.0
    words: str = ""
    code: str = ""
    blob: str | None = None
    submitted: str | None = None
    ended: str | None = None
    attempt: int = 1
    board: str = ""
    folder: str = ""

    @property
    def step(self) -> Step:
        """How far it is."""
        return Step.of(self.state, self.attempt, self.operation is not None)

    def next(self, state: State, **changes: Any) -> Order:
        """The order in its next state; in a new attempt where that lies behind this one."""
        ended = None if state in UNDER_WAY else now()
        order = replace(self, state=state, ended=ended, **changes)
        return order if order.step > self.step else replace(order, attempt=self.attempt + 1)

    @property
    def owed_usd(self) -> float:
        """What a budget must count: the cost, or the price while the order may be billed."""
        if self.cost_usd is not None:
            return self.cost_usd
        may_be_billed = self.state not in (State.WITHDRAWN, State.FAILED, State.FILTERED)
        return (self.price_usd or 0.0) if may_be_billed else 0.0

    def to_json(self) -> dict[str, Any]:
        """As it is written; `from_json` reads it back equal."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Order:
        """The order written by `to_json`; raises `KeyError`, `TypeError` or `ValueError`.

        Keys that are not known are left out.
        """
        known = {each.name: value[each.name] for each in fields(cls) if each.name in value}
        order = cls(**{**known, "state": State(value["state"])})
        for name, is_right in _RULES.items():
            if not is_right(getattr(order, name)):
                raise ValueError(f"its `{name}` is wrong")
        if order.operation is not None and order.state in NAMELESS:
            raise ValueError(f"its `operation` cannot be known while it is {order.state}")
        return order

    def sent(self) -> Request:
        """The request as it was sent."""
        body = self.request
        return Request(
            body["engine"], body["kind"], body["model"], body["body"], tuple(body["inputs"])
        )


def now() -> str:
    """The time as it is written into orders."""
    return stamp(datetime.now(UTC))


def stamp(moment: datetime) -> str:
    """A moment in UTC as orders write it; as text it sorts by time."""
    return moment.isoformat(timespec="milliseconds")


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_text_or_none(value: object) -> bool:
    return value is None or isinstance(value, str)


def _is_amount(value: object) -> bool:
    return isinstance(value, int | float) and type(value) is not bool and 0 <= value <= _MOST


def _is_amount_or_none(value: object) -> bool:
    return value is None or _is_amount(value)


def _is_request(value: object) -> bool:
    return (
        isinstance(value, Mapping)
        and all(isinstance(value.get(name), str) for name in ("engine", "kind", "model"))
        and isinstance(value.get("body"), Mapping)
        and isinstance(value.get("inputs"), list)
        and all(isinstance(digest, str) for digest in value["inputs"])
    )


_TEXTS = (
    "order", "kind", "engine", "model", "storyboard", "shot", "created", "identity", "basis",
    "words", "code", "board", "folder",
)  # fmt: skip
_RULES: Mapping[str, Callable[[object], bool]] = {
    **dict.fromkeys(_TEXTS, _is_text),
    **dict.fromkeys(("operation", "blob", "submitted", "ended"), _is_text_or_none),
    **dict.fromkeys(("price_usd", "cost_usd"), _is_amount_or_none),
    "seconds": _is_amount,
    "attempt": lambda value: type(value) is int and 0 < value <= _MOST_ATTEMPTS,
    "n": lambda value: type(value) is int and value > 0,
    "request": _is_request,
    "about": lambda value: isinstance(value, Mapping),
}
"""What each field of an order file must be; a file may have been made by anybody."""
