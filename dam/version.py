"""The version of this release: in signed files, backups and logs."""

VERSION = "0.1.0"
