"""The comparison of engines on screen and as files: the figures of `reports`, in words that do not promise more."""

from __future__ import annotations

import csv
import io
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reviews.importing.scorefiles.base import Judgement
from reviews.metrics.external import ExternalMetric
from reviews.metrics.runner import score_document, score_post_edits
from reviews.metrics.service import Origin, take_scores
from reviews.models import Document, TaskRun
from reviews.reports.comparison import MINIMUM_UNITS, compare
from reviews.web.forms import words_within
from reviews.web.selectors import comparison as selectors
from tests.factories import add_hypothesis, make_document, segments_of

from .conftest import approve, browser_of, review, script_of
from .pages import page_of, text_of

SOURCES = ["Der Zug nach Kiel hält heute nicht.", "Morgen scheint die Sonne wieder über der ganzen Stadt."]
REFERENCE = ["The train to Kiel does not stop today.", "Tomorrow the sun will shine over the whole city again."]
OTHER = ["Today the train to Kiel will not stop.", "The sun is going to shine all over town again tomorrow."]
GOOD = ["The train to Kiel does not stop today.", "Tomorrow the sun shines over the whole city again."]
SAME = ["The train to Kiel does not stop here today.", "Tomorrow the sun will shine over the whole city again."]
BAD = ["Train no stop.", "Sun tomorrow town."]

ENOUGH = MINIMUM_UNITS["document"]


def make_scored(project, number=1, engines=None, references=("A",), **columns):
    """So many scored articles of two sentences; `same` is better and worse than `good` by turns."""
    human = {name: {"A": REFERENCE, "B": OTHER}[name] for name in references}
    documents = []
    for _ in range(number):
        turn = len(documents) % 2
        texts = engines or {"good": (GOOD, SAME)[turn], "same": (SAME, GOOD)[turn], "bad": BAD}
        document = make_document(project, SOURCES, texts, human, **columns)
        score_document(document.pk)
        documents.append(document)
    return documents


@pytest.fixture
def compared(project):
    return make_scored(project, ENOUGH)


def ask(person, project, query="", name="engines", status=200, client=browser_of):
    response = client(person).get(reverse(f"reviews:{name}", args=[project.slug]) + query)
    assert response.status_code == status
    return response


def shown(person, project, query="", **options):
    return page_of(ask(person, project, query, **options))


def rows(page, metric="BLEU"):
    """The table of a metric, a list of cells for each engine."""
    [table] = [
        section.xpath(".//table")[0]
        for section in page.xpath("//section[.//table]")
        if text_of(section.xpath("./h2")[0]).startswith(f"{metric} ")
    ]
    return [[text_of(cell) for cell in row.xpath("./th|./td")] for row in table.xpath("./tbody/tr")]


def section(page, name):
    [found] = page.xpath(f"//section[@aria-labelledby='{name}']")
    return found


# --- what the page says ----------------------------------------------------------------------------------


def test_every_metric_lists_its_engines_from_the_best_to_the_worst(project, cast, compared):
    page = shown(cast["rolf"], project, "?metrics=bleu&metrics=ter")
    figures = compare(project, "A", metrics=["bleu", "ter"])
    for name, best_first in (("bleu", -1), ("ter", 1)):
        scores = {engine: by_metric[name].score for engine, by_metric in figures.systems.items()}
        expected = sorted(scores, key=lambda engine: best_first * scores[engine])
        found = rows(page, name.upper())
        assert [row[0] for row in found] == expected
        assert [row[1] for row in found] == [f"{scores[engine]:.2f}" for engine in expected]
        assert expected[-1] == "bad"
    exact = page.xpath("//section[@aria-labelledby='metric-1']//tbody//td/data/@value")
    assert repr(figures.systems["bad"]["bleu"].score) in exact


def test_a_difference_has_its_interval_its_p_and_its_verdict_in_words(project, cast, compared):
    page = shown(cast["dora"], project, "?metrics=chrf%2B%2B")
    by_engine = {row[0]: row for row in rows(page, "chrF++")}
    pair = next(p for p in compare(project, "A", metrics=["chrf++"]).paired if p.system == "bad")
    assert pair.verdict == "worse"
    cells = by_engine["bad"]
    assert cells[4] == f"{pair.difference:.2f}".replace("-", "−")
    assert cells[5] == f"{pair.low:.2f} to {pair.high:.2f}".replace("-", "−")
    assert cells[6:9] == [f"{pair.p_adjusted:.3f}", "< 0.001", "worse"]
    assert cells[9] == f"{pair.wins} / {pair.ties} / {pair.losses}" == f"0 / 0 / {2 * ENOUGH}"
    assert by_engine["good"][4] == "the baseline"
    assert by_engine["good"][3] == f"{2 * ENOUGH} of {2 * ENOUGH}"


def test_nobody_is_called_a_winner_where_no_difference_was_shown(project, cast, compared):
    page = shown(cast["dora"], project, "?metrics=bleu")
    assert {row[0]: row[8] for row in rows(page) if row[0] != "good"} == {"same": "no difference shown", "bad": "worse"}
    assert "Worse than the baseline: bad. No difference shown: same." in text_of(section(page, "metric-1"))
    assert "Better than the baseline" not in text_of(page)


def test_another_baseline_turns_the_verdicts_round(project, cast, compared):
    page = shown(cast["dora"], project, "?metrics=bleu&baseline=bad")
    assert {row[0]: row[8] for row in rows(page) if row[0] != "bad"} == {"same": "better", "good": "better"}
    assert "Difference to bad" in text_of(page)


def test_too_few_articles_get_scores_but_no_interval_and_no_verdict(project, cast):
    make_scored(project, 3)
    page = shown(cast["dora"], project, "?metrics=bleu")
    assert f"Too few articles: 3 of at least {ENOUGH}. No interval and no verdict" in text_of(page)
    assert {row[8] for row in rows(page) if row[0] != "good"} == {f"too few articles: 3 of at least {ENOUGH}"}
    assert {row[2] for row in rows(page)} == {"–"}
    assert not page.xpath("//*[local-name()='path'][@class='whisker']")
    assert "Whiskers" not in text_of(page)


def test_each_metric_has_a_chart_with_a_whisker_for_each_engine_and_its_table(project, cast, compared):
    page = shown(cast["dora"], project, "?metrics=bleu&metrics=ter")
    charts = page.xpath("//figure//*[local-name()='svg']")
    assert [text_of(chart.xpath("./*[local-name()='title']")[0]) for chart in charts] == [
        "BLEU by engine",
        "TER by engine",
    ]
    for chart in charts:
        assert len(chart.xpath(".//*[@class='whisker']")) == 3
        assert len(chart.xpath(".//*[@class='mark filled']")) == 1
        assert len(chart.xpath(".//*[@class='mark hollow']")) == 1
    links = [link.lstrip("#") for link in page.xpath("//figcaption/a/@href")]
    assert [text_of(page.get_element_by_id(link)).split()[0] for link in links] == ["BLEU", "TER"]
    assert not page.xpath("//main//@style")


def test_a_metric_of_a_score_file_stands_below_ours_as_a_mean_without_a_verdict(project, cast, compared):
    name = compared[0].external_id
    segment = segments_of(compared[0])[0].external_id
    judgements = [
        Judgement(1, engine, name, segment, "", value, ())
        for engine, value in (("good", 0.5), ("same", 1.25), ("bad", 9))
    ]
    metric = ExternalMetric("metricx", higher_is_better=False, against="source")
    take_scores(project, judgements, metric=metric, reference=None, origin=Origin("file", "0" * 64), dry_run=False)
    page = shown(cast["rolf"], project)
    (section,) = page.xpath("//section[h2[starts-with(normalize-space(), 'metricx')]]")
    assert "from a score file, lower is better" in text_of(section)
    rows = [[text_of(cell) for cell in row.xpath("th|td")] for row in section.xpath(".//tbody/tr")]
    assert rows == [["good", "0.5000", "1", "0"], ["same", "1.2500", "1", "0"], ["bad", "9.0000", "1", "0"]]


def test_single_texts_may_be_resampled_with_a_word_of_warning(project, cast):
    number = MINIMUM_UNITS["segment"]
    engines = {"good": GOOD * (number // 2), "bad": BAD * (number // 2)}
    document = make_document(project, SOURCES * (number // 2), engines, {"A": REFERENCE * (number // 2)})
    score_document(document.pk)
    words = text_of(shown(cast["dora"], project, "?by=segment&metrics=bleu"))
    assert "Whiskers hold 95 % of 1,000 samples of single texts." in words
    assert "narrower than they ought to be" in words
    assert "Worse than the baseline: bad." in words
    assert "narrower" not in text_of(shown(cast["dora"], project, "?metrics=bleu"))


def test_several_references_at_once_can_be_compared_with(project, cast):
    make_scored(project, references=("A", "B"))
    page = shown(cast["dora"], project, "?reference=A%2BB&metrics=bleu")
    assert "Against reference A+B" in text_of(page)
    assert "nrefs:2" in text_of(section(page, "how-title"))


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("section=Politics", 2),
        ("kind=body", 6),
        ("kind=caption", 0),
        ("length=short", 6),
        ("length=long", 0),
        ("since=2026-10-02", 4),
        ("until=2026-10-01", 2),
        ("since=2026-10-01&until=2026-10-01&section=Politics", 2),
    ],
)
def test_a_part_of_the_project_can_be_asked_for(project, cast, query, texts):
    make_scored(project, 1, section="Politics", published_at="2026-10-01T10:00:00Z")
    make_scored(project, 2, section="Sports", published_at="2026-10-02T10:00:00Z")
    words = text_of(shown(cast["dora"], project, f"?metrics=bleu&{query}"))
    assert (f"{texts} texts that all engines share" if texts else "No engine has a scored text in this part") in words


def test_what_was_left_out_is_told_with_its_reason(project, cast):
    [document] = make_scored(project)
    add_hypothesis(document, "bad", None, "Subscribe now.")
    score_document(document.pk)
    page = shown(cast["dora"], project, "?metrics=bleu&metrics=ter")
    assert [[text_of(cell) for cell in row] for row in section(page, "left-out-title").xpath(".//tbody/tr")] == [
        ["bad", "unaligned", "1", "1"]
    ]
    [table] = section(page, "left-out-title").xpath(".//a/@href")
    found = list(csv.DictReader(io.StringIO(browser_of(cast["dora"]).get(table).content.decode())))
    assert found == [
        {"system": "bad", "metric": metric, "reason": "unaligned", "texts": "1"} for metric in ("bleu", "ter")
    ]


def test_unfinished_scoring_is_told(project, cast):
    [document] = make_scored(project)
    TaskRun.objects.create(project=project, document=document, kind=TaskRun.Kind.SCORE)
    assert "Scoring of 1 article is not finished: the figures may change." in text_of(shown(cast["dora"], project))


def test_a_post_edit_made_from_a_compared_engine_is_flagged(project, cast):
    [document] = make_scored(project)
    review(document, cast["anna"])
    approve(document, cast["ben"])
    score_post_edits(document.pk)
    page = shown(cast["rolf"], project, "?reference=post-edit&metrics=edit_rate")
    [notice] = page.xpath("//*[@role='note']")
    assert "These references were made from the engines’ own texts." in text_of(notice)
    assert "good: 2 of 2 approved texts started from it and kept 100 % of its words. It is compared here." in text_of(
        notice
    )
    words = text_of(page.xpath("//main")[0])
    assert not [name for name in ("Anna", "Ben") if name in words]


def test_references_of_translators_come_without_that_notice(project, cast):
    make_scored(project)
    assert not shown(cast["dora"], project).xpath("//*[@role='note']")


@pytest.mark.parametrize(("query", "status"), [("", 200), ("?reference=A", 422)])
def test_a_project_without_references_says_what_to_do(project, cast, document, query, status):
    page = shown(cast["dora"], project, query, status=status)
    assert "desk has no reference to compare with: import one" in text_of(page)
    assert not page.xpath("//form[@id='compare']")


def test_an_engine_alone_is_shown_without_a_comparison(project, cast):
    make_scored(project, 2, engines={"only": GOOD})
    page = shown(cast["dora"], project, "?metrics=bleu")
    assert [row[0] for row in rows(page)] == ["only"]
    assert "Verdict" not in text_of(page)


# --- the question ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("reference=C", "reference", "There is no “C” here"),
        ("reference=post-edit", "reference", "There is no “post-edit” here"),
        ("baseline=nobody", "baseline", "There is no “nobody” here"),
        ("baseline=later", "baseline", "later has no scored text in this part"),
        ("section=Weather", "section", "There is no “Weather” here"),
        ("section=%00", "section", "choose one of the list"),
        ("kind=poem", "kind", "There is no “poem” here"),
        ("length=huge", "length", "There is no “huge” here"),
        ("by=word", "by", "There is no “word” here"),
        ("since=yesterday", "since", "“yesterday” is no day: write it as 2026-11-24."),
        ("since=2026-02-30", "since", "“2026-02-30” is no day"),
        ("since=0001-01-01", "since", "Choose a day from 1900 on."),
        ("until=9999-12-31", "until", "Choose a day before 2200."),
        ("since=2026-10-02&until=2026-10-01", "until", "This day is before the first one"),
        ("metrics=bleu&metrics=comet", "metrics", "There is no “comet” here"),
        ("section=" + "x" * 3000, "section", "choose one of the list"),
    ],
)
def test_a_bad_value_is_answered_at_its_field(project, cast, query, field, words):
    make_scored(project)
    make_document(project, SOURCES, {"later": GOOD})
    page = shown(cast["dora"], project, f"?{query}", status=422)
    [message] = page.xpath(f"//*[@id='{field}_error']")
    assert words in text_of(message)
    assert page.xpath(f"//*[@aria-invalid='true'][contains(@aria-describedby, '{field}_error')]")
    assert not page.xpath("//table")
    for name in ("engines-json", "engines-csv", "engines-left-out"):
        answer = ask(cast["dora"], project, f"?{query}", name=name, status=422)
        assert words in answer.content.decode()


def test_the_form_shows_what_was_asked(project, cast):
    make_scored(project, references=("A", "B"), section="Politics")
    page = shown(
        cast["dora"], project, "?reference=B&baseline=bad&section=Politics&since=2026-01-02&by=segment&metrics=ter"
    )
    chosen = page.xpath("//form[@id='compare']//option[@selected]/@value")
    assert chosen == ["B", "bad", "Politics", "", "", "segment"]
    assert page.get_element_by_id("since").get("value") == "2026-01-02"
    assert page.xpath("//input[@name='metrics'][@checked]/@value") == ["ter"]


def test_an_address_that_asks_nothing_compares_usual_metrics_with_the_first_reference(project, cast):
    make_scored(project, references=("A", "B"))
    page = shown(cast["dora"], project)
    assert "Against reference A" in text_of(page)
    assert [text_of(a) for a in page.xpath("//figcaption/a")] == ["BLEU", "chrF++", "TER", "Edit rate"]


def test_a_script_gets_the_comparison_alone_and_the_page_when_it_goes_back(project, cast):
    make_scored(project)
    response = ask(cast["dora"], project, "?metrics=bleu", client=script_of)
    assert response["Cache-Control"] == "no-store"
    alone = response.content.decode()
    assert alone.lstrip().startswith('<div id="comparison">')
    assert "<html" not in alone
    again = script_of(cast["dora"]).get(
        reverse("reviews:engines", args=[project.slug]), headers={"HX-History-Restore-Request": "true"}
    )
    assert "<html" in again.content.decode()


@pytest.mark.parametrize(
    ("ends", "words"), [((0, 10), "up to 10 words"), ((11, 20), "11 to 20 words"), ((21, None), "21 words or more")]
)
def test_lengths_are_named_with_their_ends(ends, words):
    assert words_within(*ends) == words


# --- files -----------------------------------------------------------------------------------------------


def test_the_json_is_that_of_the_command(project, cast, compared, capsys):
    page = shown(cast["rolf"], project, "?reference=A&metrics=bleu&baseline=same")
    [link] = [a for a in page.xpath("//a[@download]/@href") if ".json" in a]
    response = browser_of(cast["rolf"]).get(link)
    assert response["Content-Disposition"] == 'attachment; filename="desk-engines.json"'
    arguments = ["--project", project.slug, "--reference", "A", "--metrics", "bleu", "--baseline", "same", "--json"]
    call_command("compare_systems", *arguments)
    assert response.json() == json.loads(capsys.readouterr().out)


def test_the_csv_has_a_row_for_each_engine_and_metric_with_exact_numbers(project, cast):
    make_scored(project)
    page = shown(cast["dora"], project, "?metrics=bleu&metrics=ter")
    [link] = [a for a in page.xpath("//a[@download]/@href") if "figures.csv" in a]
    found = list(csv.DictReader(io.StringIO(browser_of(cast["dora"]).get(link).content.decode())))
    assert [(row["system"], row["metric"]) for row in found] == [
        (engine, metric) for engine in ("good", "same", "bad") for metric in ("bleu", "ter")
    ]
    figures = compare(project, "A", metrics=["bleu", "ter"])
    assert float(found[-1]["score"]) == figures.systems["bad"]["ter"].score
    assert found[0]["difference"] == ""


# --- down to single texts --------------------------------------------------------------------------------


def differing(person, project, query, status=200):
    return shown(
        person, project, f"?metric=chrf%2B%2B&system=bad&baseline=good{query}", name="engines-segments", status=status
    )


def shown_texts(page):
    return [[text_of(part) for part in item.xpath(".//dd")] for item in page.xpath("//ol/li")]


def test_a_row_leads_to_its_texts_and_they_to_their_place_in_the_article(project, cast, compared):
    page = shown(cast["rolf"], project, "?metrics=bleu&reference=A")
    links = page.xpath("//section[@aria-labelledby='metric-1']//td/a/@href")
    assert len(links) == 2
    [link] = [link for link in links if "system=bad" in link]
    asked = parse_qs(urlsplit(link).query)
    assert {name: asked[name][-1] for name in ("metric", "system", "baseline", "reference")} == {
        "metric": "bleu",
        "system": "bad",
        "baseline": "good",
        "reference": "A",
    }
    texts = page_of(browser_of(cast["rolf"]).get(link))
    places = {
        reverse("reviews:document", args=[document.pk]) + f"#s-{segment.pk}"
        for document in compared
        for segment in segments_of(document)
    }
    found = texts.xpath("//ol/li//a/@href")
    assert len(found) == 20
    assert set(found) <= places
    [back] = texts.xpath("//p[@class='back']/a/@href")
    assert parse_qs(urlsplit(back).query)["metrics"] == ["bleu"]
    assert texts.xpath("//form//input[@type='hidden'][@name='metrics']/@value") == ["bleu"]


def test_the_largest_difference_stands_first_with_both_texts(project, cast):
    make_scored(project)
    page = differing(cast["dora"], project, "")
    assert sorted(shown_texts(page)) == sorted([[SOURCES[n], BAD[n], GOOD[n]] for n in (0, 1)])
    sizes = [float(text_of(v).split(",")[0].replace("−", "")) for v in page.xpath("//li//*[@class='verdict worse']")]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) == 2
    assert [text_of(mark) for mark in page.xpath("//li[1]//mark")]


def test_texts_where_the_engine_is_better_can_be_asked_for(project, cast):
    make_scored(project)
    assert shown_texts(differing(cast["dora"], project, "&direction=better")) == []
    assert len(shown_texts(differing(cast["dora"], project, "&direction=worse"))) == 2


def test_a_passage_an_engine_left_out_is_said_to_be(project, cast):
    make_scored(project, engines={"good": GOOD, "bad": ["", BAD[1]]})
    assert "left this passage out" in text_of(differing(cast["dora"], project, ""))


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("", "system", "Choose an engine."),
        ("system=nobody&baseline=good&metric=bleu", "system", "There is no “nobody” here"),
        ("system=bad&metric=bleu", "baseline", "Choose a baseline."),
        ("system=good&baseline=good&metric=bleu", "baseline", "good does not differ from itself"),
        ("system=bad&baseline=good&metric=comet", "metric", "There is no “comet” here"),
        ("system=bad&baseline=good&metric=bleu&direction=up", "direction", "There is no “up” here"),
        ("system=bad&baseline=good&metric=bleu&since=x", "since", "“x” is no day"),
    ],
)
def test_a_bad_value_of_the_texts_is_answered_at_its_field(project, cast, query, field, words):
    make_scored(project)
    page = shown(cast["dora"], project, f"?{query}", name="engines-segments", status=422)
    assert words in text_of(page.get_element_by_id(f"{field}_error"))
    assert words in ask(cast["dora"], project, f"?{query}", name="engines-segments-csv", status=422).content.decode()


def test_the_texts_can_be_taken_as_csv(project, cast):
    [document] = make_scored(project)
    page = differing(cast["dora"], project, "")
    [link] = page.xpath("//a[@download]/@href")
    found = list(csv.DictReader(io.StringIO(browser_of(cast["dora"]).get(link).content.decode())))
    assert [row["external_id"] for row in found] == [document.external_id] * 2
    assert {row["system_text"] for row in found} == set(BAD)
    assert all(float(r["difference"]) == float(r["system_value"]) - float(r["baseline_value"]) for r in found)


# --- how much is done for it -----------------------------------------------------------------------------


def test_a_large_project_is_asked_as_often_as_a_small_one(project, cast):
    counts = {"engines": [], "engines-segments": []}
    client = browser_of(cast["dora"])
    for size in (2, 12):
        make_scored(project, size, {f"engine-{n}": GOOD if n % 2 else BAD for n in range(size)})
        for name, found in counts.items():
            address = reverse(f"reviews:{name}", args=[project.slug])
            with CaptureQueriesContext(connection) as queries:
                response = client.get(f"{address}?metric=bleu&system=engine-0&baseline=engine-1")
            assert response.status_code == 200
            found.append(len(queries))
    for name, (few, many) in counts.items():
        assert few == many <= 32, name


def test_the_more_units_there_are_the_fewer_samples_are_taken_but_never_too_few(project, cast, monkeypatch):
    make_scored(project, 2)
    part = compare(project, "A", samples=0).part
    assert selectors.samples_for(project, part, "document") == 1000
    monkeypatch.setattr(selectors, "CELLS", 2400)
    assert Document.objects.filter(project=project).count() == 2
    assert selectors.samples_for(project, part, "document") == 1000
    assert selectors.samples_for(project, part, "segment") == 600
    monkeypatch.setattr(selectors, "CELLS", 1)
    assert selectors.samples_for(project, part, "segment") == selectors.LEAST_SAMPLES
    assert "400 samples: the same question" in text_of(shown(cast["dora"], project, "?metrics=bleu"))


def test_numbers_are_rounded_for_reading_and_no_further():
    assert selectors.two(None) == "–"
    assert selectors.two(-1.005) == "−1.00"
    assert [selectors.signed(value) for value in (0.004, -0.004, 1.239, -1.239)] == ["0.00", "0.00", "+1.24", "−1.24"]
    assert selectors.between(None, None) == ""
    assert selectors.between(-0.5, 1.25, sign=True) == "−0.50 to +1.25"
    assert [selectors.probability(p) for p in (None, 1 / 1001, 0.0234, 1.0)] == ["–", "< 0.001", "0.023", "1.000"]
