"""How a command ends: errors become three lines and an exit code; a bug of ours becomes a log."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import pairwise
from typing import Any

from krafity_cli.cli.exit_codes import Exit
from krafity_cli.cli.output.console import harmless, hush, put, say
from krafity_cli.cli.output.terminal import coloured, folded
from krafity_cli.errors import KrafityError, Problem, Refused

_HEAD = "error:"
_PARSERS_WORDS = re.compile(
    r"Input should be (?:greater than or equal to (?P<least>\S+)|"
    r"a valid (?P<kind>number|integer)(?:, .*)?)"
)
"""How the parser of the command line says that a number is none, or is too small."""


@contextmanager
def told() -> Iterator[None]:
    """Turn what went wrong inside into words and an exit code."""
    try:
        yield
    except KrafityError as error:
        tell(error)
        _print_refusal(error)
        _leave(error.exit_code)
    except KeyboardInterrupt:
        _leave(Exit.INTERRUPTED)
    except SystemExit as ending:
        _leave(ending.code)
    except BrokenPipeError:
        _leave(Exit.DONE)
    except Exception as error:
        if _is_usage(error):
            _leave(_tell_usage(error))
        _tell_bug(error)
        _leave(Exit.BUG)


def tell(error: KrafityError) -> None:
    """Say an error on stderr: what happened, why, and what to do."""
    text = lines_of(error)
    if not text.startswith(_HEAD):
        say(text)
        return
    safe = folded(harmless(text.removeprefix(_HEAD)), len(_HEAD), sys.stderr)
    put(coloured(_HEAD, "red", sys.stderr) + safe + "\n", sys.stderr)


def lines_of(error: KrafityError) -> str:
    """What happened, why, and what to do, one line each."""
    return "\n".join(map(_lines_of, error.problems))


def _lines_of(problem: Problem) -> str:
    if problem.place:
        return str(problem)
    lines = [f"{_HEAD} {problem.what}"]
    if problem.why:
        lines.append(f"  why: {problem.why}")
    if problem.hint:
        lines.append(f"  hint: {problem.hint}")
    return "\n".join(lines)


def asks_for_document(words: Sequence[str]) -> bool:
    """Whether a command line wants JSON on stdout: by `--json`, or by a format that is JSON."""
    formats = (following for word, following in pairwise([*words, ""]) if word == "--format")
    return "--json" in words or "--format=json" in words or "json" in formats


def _print_refusal(error: KrafityError) -> None:
    """The one document on stdout, where the command as a whole did not work."""
    if not asks_for_document(sys.argv[1:]):
        return
    # Documents are only needed where one is asked for.
    from krafity_cli.cli.output.json_documents import whole_refusal
    from krafity_cli.delivery.json_document import as_text

    with suppress(KrafityError):  # the output itself cannot be written
        put(as_text(whole_refusal(error)))


def _is_usage(error: Exception) -> bool:
    """Whether Typer's parser refuses the command line; where it keeps its classes varies."""
    return hasattr(error, "format_message") and hasattr(error, "exit_code")


def _tell_usage(error: Any) -> int:
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        return Exit.REFUSED
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "krafity"
    what = " ".join(str(error.format_message()).split())
    what = _PARSERS_WORDS.sub(_in_plain_words, what[:1].lower() + what[1:].rstrip("."))
    refused = Refused(what, "", f"see {command} --help", code="usage")
    tell(refused)
    _print_refusal(refused)
    return int(error.exit_code)


def _in_plain_words(found: re.Match[str]) -> str:
    if found["least"]:
        return f"it must be {found['least']} or more"
    return "it must be a whole number" if found["kind"] == "integer" else "it must be a number"


def _tell_bug(error: Exception) -> None:
    # Only a bug needs it, and what it loads.
    from krafity_cli.cli.output.bug_report import write_log

    log, text = write_log(error)
    if log is None:
        say(text)
    what = " ".join(f"{type(error).__name__}: {error}".split())
    tell(
        KrafityError(
            f"a bug in krafity: {what}",
            f"the details are in {log}"
            if log
            else "the details are above, because no log file could be written",
            f"please report it with {'that file' if log else 'them'}; "
            "everything made is kept in the cache",
            code="bug",
        )
    )


def _leave(code: Any) -> None:
    """Leave with this code; what cannot be written any more changes nothing about it."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            hush(stream)
        except OSError as error:
            hush(stream)
            if code in (0, None) and stream is sys.stdout:
                tell(
                    KrafityError(
                        "the output cannot be written", error.strerror or "", code="unwritable"
                    )
                )
                code = Exit.INCOMPLETE
    sys.exit(code)
