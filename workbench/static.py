"""Static files under names that hold a hash of what is in them, so that browsers may keep them for good."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Names that modules import are hashed as those in pages are.

    Otherwise a browser would go on with the old module beside a new page, and a module that both a page and another
    module ask for would be fetched, and run, twice.
    """

    # Django's own switch would read the scripts of libraries, too, comments and all.
    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("reviews/js/*.js", CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]),
    )
    #: A module is hashed once those it imports are: this deep they may stand behind each other.
    max_post_process_passes = 12
