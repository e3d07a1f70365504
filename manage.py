#!/usr/bin/env python
"""Django's commands. `bin/manage` is the way in: it sets up and migrates first."""

import os
import sys

from django.core.management import execute_from_command_line

from workbench.env import EnvError


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workbench.settings")
    try:
        execute_from_command_line(sys.argv)
    except EnvError as error:
        print(error, file=sys.stderr)  # noqa: T201
        sys.exit(2)


if __name__ == "__main__":
    main()
