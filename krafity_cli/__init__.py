"""krafity renders storyboards: a YAML graph of shots becomes clips and films."""

__version__ = "0.1.0"
