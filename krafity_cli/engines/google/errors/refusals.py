"""Refusals that no waiting mends: who may not ask, from where, and whose quota or credit is gone.

They are known by Google's own words, by the reason, and by the quota that was exceeded. Each stops
the run: what was refused to one shot is refused to all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from krafity_cli.engines.protocol import Failed


@dataclass(frozen=True)
class Kind:
    """A kind of refusal: its code, how it is known, what it means, and what to do about it.

    `{called}` stands for the service, `{model}` for the model and `{project}` for the project that
    is charged.
    """

    code: str
    signs: re.Pattern[str]
    what: str
    hint: str


def _kind(code: str, signs: str, what: str, hint: str) -> Kind:
    return Kind(code, re.compile(signs, re.IGNORECASE), what, hint)


KINDS = (
    _kind(
        "perimeter",
        r"vpc.?service.?controls|SECURITY_POLICY_VIOLATED",
        "VPC Service Controls block this request to {called}",
        "ask who runs the perimeter to let this account and this machine in; they need the "
        "identifier in the answer",
    ),
    _kind(
        "organization-policy",
        r"organi[sz]ation('s)? policy|ORG_POLICY|constraints/[a-z]+\.",
        "an organization policy forbids this request",
        "ask your administrator, or choose another model or location",
    ),
    _kind(
        "unserved-country",
        r"user location is not supported",
        "{called} is not available in the country of this machine",
        "run krafity from a supported country, or use the engine `vertex` at a supported location",
    ),
    _kind(
        "no-credit",
        r"pre-?pa(id|yment)|credits? (are|is|balance).{0,40}(depleted|used up|exhausted)|"
        r"\bpayment_required\b",
        "the prepaid credit is used up",
        "add credit at ai.studio/projects, and run again",
    ),
    _kind(
        "spending-cap",
        r"spend(ing)? (cap|limit)",
        "the project has reached its spending cap",
        "raise the cap at ai.studio/spend, or wait until next month",
    ),
    _kind(
        "no-billing",
        r"free tier is not available|enable billing|requires billing|billing is not enabled|"
        r"BILLING_DISABLED",
        "{called} requires billing",
        "enable billing for {project}",
    ),
    _kind(
        "no-quota",
        r"\blimit: ?0(?![.\d])|\bquotaValue=0\b",
        "there is no quota for {model}",
        "enable billing for {project}, request quota, or choose another model",
    ),
    _kind(
        "no-quota",
        r"per.?day|daily (limit|quota)|\bquota_exceeded\b",
        "the daily quota is used up",
        "run again tomorrow, or request more quota for {project}",
    ),
    _kind(
        "no-access",
        r"allow.?list",
        "{model} is available only to projects on an allow list",
        "request access for {project} from Google, or choose another model",
    ),
)


def standing(
    said: str,
    code: str,
    details: Sequence[Mapping[str, Any]],
    called: str,
    model: str,
    project: str,
) -> Failed | None:
    """The refusal as what it is, where it cannot pass by waiting; `None` for any other.

    `said` are the words of the answer, `code` is its code where that is a word, and `details` are
    what it has beside them.
    """
    signs = " ".join([said, code, *_signs(details)])
    for kind in KINDS:
        if kind.signs.search(signs):
            names = {"called": called, "model": model, "project": project}
            what, hint = (_filled(text, names) for text in (kind.what, kind.hint))
            return Failed(what, said, hint, everywhere=True, code=kind.code)
    return None


def is_about_access(said: str) -> bool:
    """Whether words that speak of a policy are those of an administrator, not of a filter."""
    return any(kind.signs.search(said) for kind in KINDS[:2])


def _filled(text: str, names: Mapping[str, str]) -> str:
    for name, value in names.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _signs(details: Sequence[Mapping[str, Any]]) -> list[str]:
    """Reasons, kinds of violation and quotas, as words to look into."""
    found: list[str] = []
    for detail in details:
        found.append(str(detail.get("reason", "")))
        violations = detail.get("violations")
        for each in violations if isinstance(violations, list) else []:
            if isinstance(each, Mapping):
                found += [str(each.get(name, "")) for name in ("type", "quotaId")]
                found.append(f"quotaValue={each.get('quotaValue', '')}")
    return found
