"""Makes reproducible release folders, byte for byte the same everywhere, and verifies them."""

from __future__ import annotations

from testimonia.publish.folder.release import (
    Artefact,
    PublishedFile,
    PublishedGraph,
    Release,
    Resources,
)
from testimonia.publish.pipeline import Published, publish
from testimonia.publish.release_options import ReleaseOptions
from testimonia.publish.verification.verifier import Discrepancy, Verification, verify
from testimonia.publish.violations import ViolationsFound

__all__ = [
    "Artefact",
    "Discrepancy",
    "Published",
    "PublishedFile",
    "PublishedGraph",
    "Release",
    "ReleaseOptions",
    "Resources",
    "Verification",
    "ViolationsFound",
    "publish",
    "verify",
]
