"""bin/manage: one of Django's or our commands, on a database that is up to date."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from _prepare import ROOT, PrepareError, data_folder, migrate_if_needed, say

#: Commands that look at the database as it is, or at none.
WITHOUT_MIGRATING = frozenset({"check", "help", "makemigrations", "migrate", "showmigrations", "version"})

#: Our commands that use none: filters from files to JSON Lines (reviews/management/filters.py).
FILTERS = frozenset({"align_articles", "check_pairs", "read_file", "score_pairs", "split_sentences"})


def needs_database(arguments: Sequence[str]) -> bool:
    """Whether to migrate first: not for a question about the command itself."""
    if not arguments or arguments[0].startswith("-") or arguments[0] in WITHOUT_MIGRATING | FILTERS:
        return False
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return not {"-h", "--help"} & set(options)


def main(arguments: Sequence[str]) -> None:
    import manage  # Django's manage.py; found in the checkout, which _prepare put on the path
    from workbench.env import EnvError

    sys.argv = [str(ROOT / "manage.py"), *arguments]
    try:
        data = data_folder()
        if needs_database(arguments):
            migrate_if_needed(data)
    except (PrepareError, EnvError) as error:
        say(str(error))
        sys.exit(2)
    manage.main()


if __name__ == "__main__":
    main(sys.argv[1:])
