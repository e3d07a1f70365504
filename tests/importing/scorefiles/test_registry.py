"""Which score file a file is."""

import pytest

from reviews.importing.formats.base import ReadError
from reviews.importing.scorefiles.registry import FORMATS, sniff
from tests.shared import shared_path


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("data/mqm-spans/mqm_ted_ende.tsv", "mqm"),
        ("data/mqm-spans/sxs_mqm_generalMT2023_ende.news-subset.tsv", "mqm"),
        ("data/wmt23-en-de/human/esa-campaign/ESA-2a.appraise.csv", "esa"),
        ("data/wmt23-en-de/human/mqm.merged.seg.rating", "spans"),
        ("data/wmt23-en-de/metric-scores/CometKiwi-src.seg.score", "segscore"),
    ],
)
def test_the_shared_files_are_told_by_themselves(path, name):
    assert sniff(shared_path(path)).name == name


def test_an_export_without_a_header_is_told_too(tmp_path):
    path = tmp_path / "scores.csv"
    path.write_text("engdeu6905,wmt23.refA,100,TGT,eng,deu,87,d#refA,False,[],1,2\n")
    assert sniff(path).name == "esa"


def test_another_file_is_refused_with_the_formats_there_are():
    with pytest.raises(ReadError) as refusal:
        sniff(shared_path("data/wmt23-en-de/human/mqm.sys.score"))
    assert all(f"{entry.name} ({entry.title})" in str(refusal.value) for entry in FORMATS)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ReadError, match="cannot be read: No such file or directory"):
        sniff(tmp_path / "none")
