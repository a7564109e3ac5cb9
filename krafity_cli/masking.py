"""Secrets are masked in whatever is shown or kept: by value, and by shape.

A server may echo what was sent to it, in an error or in a page of something in between. Whatever
text comes from outside passes `masked` where it enters (the outcomes of an engine), and whatever
goes out (terminal, documents, report, logs) passes it once more.

By value: each credential this process holds is told to `remember`. By shape: what looks like a key,
a token or a signature, whosever it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from urllib.parse import quote, urlsplit

MASK = "***"
SHORTEST = 8
"""Characters; a shorter value is no secret, and would mask words that only look like it."""

_SECRET_NAME = re.compile(r"(KEY|TOKEN|SECRET|PASSWORD|PASSWD)$")
_BEFORE = r"(?<![A-Za-z0-9+/_-])"
"""Not inside a longer run, so that no picture in base64 is hit."""

_QUERY = (
    r"(?:x-goog-|x-amz-)(?:signature|credential|security-token)|signature|sig|key|api_?key|"
    r"access_?token|refresh_token|id_token|client_secret|password|token"
)
_SHAPES: tuple[tuple[tuple[str, ...], re.Pattern[str], str], ...] = (
    (
        ("-----begin",),
        re.compile(
            r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|(?=\")|\Z)",
            re.DOTALL,
        ),
        MASK,
    ),
    (("://",), re.compile(r"(?<=://)[^/\s:@\"'<>\\]*:[^/\s@\"'<>\\]*(?=@)"), MASK),
    (
        ("bearer", "basic"),
        re.compile(r"\b(Bearer|Basic)(\s+)[A-Za-z0-9._~+/=-]{12,}", re.IGNORECASE),
        rf"\1\2{MASK}",
    ),
    (
        ("=",),
        re.compile(
            rf"((?:[?&;]|\\u0026)(?:{_QUERY})=|\b(?:x-goog-|x-amz-)?(?:signature|sig)=)"
            r"[^&\s\"'<>\\]+",
            re.IGNORECASE,
        ),
        rf"\1{MASK}",
    ),
    (
        ("token", "secret", "key", "authorization"),
        re.compile(
            r"(\\?[\"']?(?:access_token|refresh_token|id_token|client_secret|private_key|api_?key|"
            r"x-goog-api-key|authorization)\\?[\"']?\s*[:=]\s*\\?[\"']?)"
            r"(?!(?:Bearer|Basic)\b)[^\s\"'\\,;&<>*]{8,}",
            re.IGNORECASE,
        ),
        rf"\1{MASK}",
    ),
    (
        (
            *("aiza", "aq.", "ya29.", "1//", "gocspx-", "hf_", "akia", "asia"),
            *("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "sk-", "xox", "eyj"),
        ),
        re.compile(
            _BEFORE
            + r"(?:AIza[A-Za-z0-9_-]{20,}|AQ\.[A-Za-z0-9_.-]{16,}|ya29\.[A-Za-z0-9_.-]{10,}|"
            r"1//[A-Za-z0-9_-]{20,}|GOCSPX-[A-Za-z0-9_-]{16,}|hf_[A-Za-z0-9]{16,}|"
            r"(?:AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|"
            r"sk-[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}|"
            r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?)"
        ),
        MASK,
    ),
)

"""What such a text must hold, in lower case, so that most texts are searched for it alone; the
shape; what takes its place."""

_values: set[str] = set()


def remember(*values: str | None) -> None:
    """Mask these wherever they turn up from now on; each line of one that has several."""
    for value in values:
        for line in (value or "").replace("\\n", "\n").split("\n"):
            if len(line.strip()) >= SHORTEST and not line.startswith("-----"):
                _values.add(line.strip())
    _pattern.cache_clear()


def remember_environment(environment: Mapping[str, str]) -> None:
    """Remember what an environment holds under names like `API_KEY`, and passwords in URLs."""
    found = [value for name, value in environment.items() if _SECRET_NAME.search(name.upper())]
    remember(*found, *filter(None, map(_password, environment.values())))


def remember_file(content: object) -> None:
    """Remember the secrets in a credentials file, as JSON, however deep they lie."""
    if isinstance(content, Mapping):
        for name, value in content.items():
            if isinstance(value, str) and _is_secret(str(name)):
                remember(value)
            else:
                remember_file(value)
    elif isinstance(content, list):
        for each in content:
            remember_file(each)


def masked(text: str) -> str:
    """The text with `***` for each secret."""
    if len(text) < SHORTEST:
        return text
    known = _pattern()
    if known is not None:
        text = known.sub(MASK, text)
    folded = text.lower()
    for parts, shape, instead in _SHAPES:
        if any(part in folded for part in parts):
            text = shape.sub(instead, text)
    return text


def _is_secret(name: str) -> bool:
    return name in ("private_key", "refresh_token", "client_secret", "access_token", "id_token")


def _password(value: str) -> str | None:
    if "://" not in value or "@" not in value:
        return None
    try:
        return urlsplit(value).password
    except ValueError:
        return None


@cache
def _pattern() -> re.Pattern[str] | None:
    """All values, the longest first, as they are and as they stand in a URL."""
    spelled: Iterable[str] = {each for value in _values for each in (value, quote(value, safe=""))}
    if not spelled:
        return None
    return re.compile("|".join(map(re.escape, sorted(spelled, key=len, reverse=True))))
