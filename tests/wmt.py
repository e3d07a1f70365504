"""WMT 2022 German-English, imported as a user would, for tests of figures that are known from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, islice
from pathlib import Path

from django.core.management import call_command

from reviews.models import Project
from tests.shared import shared_path

FOLDER = "data/wmt22-de-en"
SYSTEMS = tuple(path.stem for path in sorted(shared_path(f"{FOLDER}/systems").glob("*.en")))

#: What sacrebleu 2.6.0 gives for Online-B against reference A.
ONLINE_B_AGAINST_A = {
    "bleu": 33.25109007892432,
    "chrf": 58.283238322892736,
    "chrf++": 56.47214710762006,
    "ter": 51.69344203332934,
}


def lines(name: str) -> list[str]:
    return shared_path(f"{FOLDER}/{name}").read_text("utf-8").split("\n")[:-1]


def import_wmt22(
    *options: str,
    slug: str = "wmt22",
    systems: Sequence[str] = ("Online-B",),
    references: Sequence[str] = ("A",),
    documents: int | None = None,
    folder: Path | None = None,
) -> Project:
    """Import all 271 documents with these systems and references, or only the first ones, by way of `folder`."""
    names = ["source.de", "docs.tsv", *(f"systems/{name}.en" for name in systems)]
    names += [f"ref.{name}.en" for name in references]
    files = {name: shared_path(f"{FOLDER}/{name}") for name in names}
    if documents is not None and folder is not None:
        files = {name: _beginning(name, documents, folder) for name in names}
    arguments = [str(files["source.de"]), "--project", slug, "--create-project", "de-en"]
    arguments += ["--docs", str(files["docs.tsv"])]
    for name in systems:
        arguments += ["--system", f"{name}={files[f'systems/{name}.en']}"]
    for name in references:
        arguments += ["--reference", f"{name}={files[f'ref.{name}.en']}"]
    call_command("bulk_import", *arguments, *options)
    return Project.objects.get(slug=slug)


def _beginning(name: str, documents: int, folder: Path) -> Path:
    """The lines of the first documents of a file, as a file."""
    groups = groupby(lines("docs.tsv")[1:], key=lambda row: row.split("\t")[1])
    size = sum(len(list(group)) for _, group in islice(groups, documents))
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    kept = lines(name)[: size + (name == "docs.tsv")]
    path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
    return path
