"""The cache: blobs, records, claims and an index, in one folder. See `Cache`."""

from krafity_cli.cache.atomic_file import CacheFailed
from krafity_cli.cache.blobs import Damaged
from krafity_cli.cache.cache import Cache
from krafity_cli.cache.locks import Wait
from krafity_cli.cache.maintenance.prune import Going, Limits, choose, prune
from krafity_cli.cache.maintenance.run_log import Tally, in_all, note_run, runs
from krafity_cli.cache.maintenance.stats import Entry, Share, Stats, rebuild, stats
from krafity_cli.cache.maintenance.verify import (
    Cleared,
    Verified,
    clear,
    every_record,
    repair,
    sweep,
    verify,
)
from krafity_cli.cache.records import Link, Record
from krafity_cli.cache.remote.answers import FETCHED
from krafity_cli.cache.remote.store import Remote, remote_at

__all__ = [
    "FETCHED",
    "Cache",
    "CacheFailed",
    "Cleared",
    "Damaged",
    "Entry",
    "Going",
    "Limits",
    "Link",
    "Record",
    "Remote",
    "Share",
    "Stats",
    "Tally",
    "Verified",
    "Wait",
    "choose",
    "clear",
    "every_record",
    "in_all",
    "note_run",
    "prune",
    "rebuild",
    "remote_at",
    "repair",
    "runs",
    "stats",
    "sweep",
    "verify",
]
