"""Where the tests find the shared data; a missing file is a failure, never a skip."""

from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared"


def shared_path(relative: str) -> Path:
    """The path of one shared file or folder, such as `shared_path("articles/chipfabrik-foerderung")`."""
    path = SHARED / relative
    if not path.exists():
        raise AssertionError(f"{path} is missing: these tests need the shared data beside the checkout")
    return path
