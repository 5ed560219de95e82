"""What the licence of a model allows, as far as its name says. Pure."""

# Model hubs' names that aren't SPDX identifiers in lower case.
_SPDX = {"mit": "MIT", "apache-2.0": "Apache-2.0", "openrail": "OpenRAIL", "openrail++": "OpenRAIL++-M"}
# Research alone: their names don't say so.
_RESEARCH = {"APPLE-AMLR", "APPLE-ML-RESEARCH"}


def from_hub(name: str) -> str:
    """The SPDX identifier for what a model hub calls a licence; empty where it doesn't say which."""
    name = name.strip()
    if name.lower() in ("", "other", "unknown"):
        return ""
    return _SPDX.get(name.lower(), name.upper() if name.lower().startswith(("cc-", "bsd-", "gpl-")) else name)


def forbids_commercial_use(licence: str) -> bool:
    """Whether a licence (an SPDX identifier or a hub's name for it) says no to commercial use."""
    name = licence.upper()
    return name in _RESEARCH or bool({"NC", "NONCOMMERCIAL"} & set(name.split("-")))
