"""The cache: blobs, records, claims and an index, in one folder. See `Cache`."""

from krafity_cli.cache.blobs import Damaged
from krafity_cli.cache.cache import Cache
from krafity_cli.cache.claims import Wait
from krafity_cli.cache.files import CacheFailed
from krafity_cli.cache.records import Link, Record
from krafity_cli.cache.stats import Share, Stats, rebuild, stats
from krafity_cli.cache.upkeep import Cleared, Verified, clear, every_record, sweep, verify

__all__ = [
    "Cache",
    "CacheFailed",
    "Cleared",
    "Damaged",
    "Link",
    "Record",
    "Share",
    "Stats",
    "Verified",
    "Wait",
    "clear",
    "every_record",
    "rebuild",
    "stats",
    "sweep",
    "verify",
]
