"""How the engines of a project did: exact sums of statistics over any part of it.

A corpus score is never a mean: the statistics kept with every score are summed in the database and put through
the metric's own formula. Engines are compared on the texts all of them have; what is left out is counted by reason.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Literal

import numpy as np
from django.db import connection
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Length, Replace, Trim
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews.metrics.base import NO_REFERENCE, Languages, ReferenceMetric
from reviews.metrics.registry import SOURCE_SIGNALS
from reviews.metrics.runner import WITH_PREVIOUS
from reviews.models import (
    Document,
    Hypothesis,
    MetricConfig,
    Placement,
    Project,
    Reference,
    ReferenceSet,
    Score,
    ScoreTarget,
    System,
    TargetKind,
    TaskRun,
)
from reviews.models.scores import STATISTICS_COLUMNS
from reviews.values import SEGMENT_KINDS, join_texts

from .statistics import Integers

#: Reasons of this report, beside those that stand on the scores.
NOT_SHARED = "not translated by every engine compared"
NOT_SCORED = "not scored yet"
NOT_APPROVED = "not approved"

#: What the approved texts are called where a reference is named.
POST_EDIT = "post-edit"

Unit = Literal["document", "segment"]
UNITS: tuple[Unit, ...] = ("document", "segment")

#: Words of the source, both ends included (None: no end): about a third each of WMT 2022's German lines.
LENGTHS: Mapping[str, tuple[int, int | None]] = {"short": (0, 10), "medium": (11, 20), "long": (21, None)}

#: Days outside of these years are slips of the pen, and no database need cope with them.
YEARS = range(1900, 3000)


class ComparisonError(ValueError):
    """A comparison that cannot be made as asked; the message says why and what to do.

    `field` names the argument at fault: reference, metrics, systems, baseline, system, metric, by, samples, seed, kind,
    length, since, until, documents.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


# --- the part of a project -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a project. `since` and `until` are days, both included, of publication (else of import).

    `kind` and `length` are those of the segment a text starts at; texts without a source have neither.
    Raises ComparisonError for values there are none of.
    """

    section: str | None = None
    kind: str | None = None
    length: str | None = None
    since: date | None = None
    until: date | None = None
    documents: frozenset[str] | None = None

    def __post_init__(self) -> None:
        _require_known("kind", self.kind, SEGMENT_KINDS)
        _require_known("length", self.length, LENGTHS)
        for name, day in (("since", self.since), ("until", self.until)):
            if day is not None and day.year not in YEARS:
                raise ComparisonError(
                    name, _("%(day)s is out of the question: give a day from 1900 to 2999.") % {"day": day}
                )
        if self.since and self.until and self.since > self.until:
            raise ComparisonError(
                "until",
                _("%(until)s is before %(since)s: no day is in between.") % {"until": self.until, "since": self.since},
            )
        if self.documents is not None and not self.documents:
            raise ComparisonError("documents", _("No document was named: name one, or leave them out for all."))

    def to_json(self) -> dict[str, Any]:
        return {
            "section": self.section,
            "kind": self.kind,
            "length": self.length,
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "documents": sorted(self.documents) if self.documents is not None else None,
        }


def _require_known(field: str, value: str | None, known: Iterable[str]) -> None:
    if value is not None and value not in known:
        raise ComparisonError(
            field,
            _("There is no %(field)s %(value)s: choose from %(known)s.")
            % {"field": field, "value": f"{value!r}", "known": ", ".join(known)},
        )


#: The whole project.
EVERYTHING = Slice()


def documents_of(project: Project, part: Slice) -> QuerySet[Document]:
    documents = Document.objects.filter(project=project)
    if part.section is not None:
        documents = documents.filter(section=part.section)
    if part.documents is not None:
        documents = documents.filter(external_id__in=sorted(part.documents))
    dated = Coalesce("published_at", "created_at")
    if part.since:
        start = timezone.make_aware(datetime.combine(part.since, time.min))
        documents = documents.filter(GreaterThanOrEqual(dated, start))
    if part.until:
        end = timezone.make_aware(datetime.combine(part.until, time.max))
        documents = documents.filter(LessThanOrEqual(dated, end))
    return documents


def segments_of(documents: QuerySet[Document], part: Slice) -> QuerySet[Placement] | None:
    """Today's placements of the segments of that kind and length; None when every one will do."""
    if part.kind is None and part.length is None:
        return None
    placements: QuerySet[Placement] = Placement.objects.filter(source_revision__in=documents.values("current_source"))
    if part.kind is not None:
        placements = placements.filter(kind=part.kind)
    if part.length is not None:
        least, most = LENGTHS[part.length]
        placements = placements.annotate(gaps=_twice_the_gaps("source__text")).filter(gaps__gte=2 * (least - 1))
        if most is not None:
            placements = placements.filter(gaps__lte=2 * (most - 1))
    return placements


#: What parts words, beside the plain space: no text holds the two characters below.
_WHITE_SPACE = "\t\n\r\u00a0\u2007\u2009\u202f"
_ONE, _OTHER = "\x01", "\x02"


def _twice_the_gaps(text: str) -> Combinable:
    """2 × (words − 1) of a column: for either database, neither of which counts words by itself.

    A space becomes two characters, of which pairs the wrong way round go: two are left of any run of spaces.
    """
    spaced: Combinable = Coalesce(text, Value(""))
    for character in _WHITE_SPACE:
        spaced = Replace(spaced, Value(character), Value(" "))
    spaced = Trim(spaced)
    marked = Replace(Replace(spaced, Value(" "), Value(_ONE + _OTHER)), Value(_OTHER + _ONE), Value(""))
    return Length(marked) - Length(Replace(spaced, Value(" "), Value("")))


class Part:
    """Some engines' texts in a slice of a project, as conditions on rows of hypotheses for the ORM and for SQL."""

    def __init__(self, project: Project, part: Slice, systems: Sequence[int]) -> None:
        self.project = project
        self.systems = systems
        self.documents = documents_of(project, part)
        self.segments = segments_of(self.documents, part)

    def of(self, prefix: str) -> Q:
        """The condition on a hypothesis that `prefix` leads to, such as `hypothesis__`."""
        condition = Q(**{f"{prefix}system__in": self.systems, f"{prefix}document__in": self.documents.values("pk")})
        if self.segments is not None:
            condition &= Q(**{f"{prefix}segment__in": self.segments.values("segment")})
        return condition

    def sql(self, alias: str) -> tuple[str, list[Any]]:
        """The same on the alias of the hypotheses' table."""
        within, params = self.documents.values("pk").query.sql_with_params()
        marks = ", ".join("%s" for _ in self.systems)
        condition = f"{alias}.system_id IN ({marks}) AND {alias}.document_id IN ({within})"
        values: list[Any] = [*self.systems, *params]
        if self.segments is not None:
            within, params = self.segments.values("segment").query.sql_with_params()
            condition += f" AND {alias}.segment_id IN ({within})"
            values += params
        return condition, values


# --- what to compare with --------------------------------------------------------------------------------


class NoReferenceError(ComparisonError):
    """The reference to compare against is missing or not named; the message says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__("reference", message)


@dataclass(frozen=True, slots=True)
class Against:
    """What hypotheses are held against: a set of references, or (no names) what was approved.

    `target` is the id of its ScoreTarget, None while nothing was scored against it.
    """

    label: str
    names: tuple[str, ...]
    target: int | None

    @property
    def is_post_edit(self) -> bool:
        return not self.names

    @property
    def size(self) -> int:
        """How many texts a hypothesis is compared with."""
        return max(1, len(self.names))


def reference_labels(project: Project) -> list[str]:
    """The references the project's texts were scored against, single ones first: A, B, A+B."""
    sets = ReferenceSet.objects.filter(project=project)
    return [entry.label for entry in sorted(sets, key=lambda entry: (len(entry.names), entry.label))]


def reference_choices(project: Project) -> list[str]:
    """What engines can be compared against: A, B, A+B, and `post-edit` where anything was scored against it."""
    labels = reference_labels(project)
    if POST_EDIT not in labels and _post_edit_target(project) is not None:
        labels.append(POST_EDIT)
    return labels


def _post_edit_target(project: Project) -> int | None:
    targets = ScoreTarget.objects.filter(project=project, kind=TargetKind.POST_EDIT)
    return targets.filter(Exists(Score.objects.filter(target=OuterRef("pk")))).values_list("pk", flat=True).first()


def choose_reference(project: Project, label: str | None = None) -> Against:
    """What goes by that label; without a label the only reference, never the post-edit. Raises NoReferenceError."""
    labels = reference_labels(project)
    if label == POST_EDIT and label not in labels:
        target = _post_edit_target(project)
        if target is None:
            raise NoReferenceError(
                _(
                    "Nothing in %(project)s was scored against approved texts yet: approve some, or name a "
                    "reference (%(references)s)."
                )
                % {"project": project.slug, "references": ", ".join(labels) or _("there is none")}
            )
        return Against(POST_EDIT, (), target)
    if not labels:
        if Reference.objects.filter(document__project=project).exists():
            raise NoReferenceError(
                _(
                    "Nothing in %(project)s was scored against its references yet: run `bin/manage score "
                    "--project %(project)s --wait`."
                )
                % {"project": project.slug}
            )
        raise NoReferenceError(
            _(
                "%(project)s has no reference to compare with: import one with `bulk_import --reference "
                "NAME=FILE`, or compare with what was approved: %(reference)s."
            )
            % {"project": project.slug, "reference": POST_EDIT}
        )
    listed = ", ".join(reference_choices(project))
    if label is None:
        if len(labels) > 1:
            raise NoReferenceError(
                _("%(project)s has several references. Name one with --reference: %(references)s.")
                % {"project": project.slug, "references": listed}
            )
        label = labels[0]
    if label not in labels:
        # A+B and B+A are the same set; a name may hold a plus sign of its own.
        label = "+".join(sorted(label.split("+")))
    if label not in labels:
        raise NoReferenceError(
            _("%(project)s has no reference %(label)s. References: %(references)s.")
            % {"project": project.slug, "label": f"{label!r}", "references": listed}
        )
    entry = ReferenceSet.objects.get(project=project, label=label)
    target = ScoreTarget.objects.filter(reference_set=entry).values_list("pk", flat=True).first()
    return Against(label, tuple(entry.names), target)


# --- counting ------------------------------------------------------------------------------------------------


def config_ids(signatures: Mapping[str, str]) -> dict[str, int]:
    """The ids of the metrics' configurations; one that scored nothing yet has none."""
    wanted = Q()
    for metric, signature in signatures.items():
        wanted |= Q(metric=metric, signature=signature)
    return dict(MetricConfig.objects.filter(wanted).values_list("metric", "pk"))


def with_scores(part: Part, against: Against, configs: Iterable[int]) -> set[int]:
    """Engines of the part with any scored text in it."""
    scores = Score.objects.filter(
        part.of("hypothesis__"),
        hypothesis__system=OuterRef("pk"),
        target=against.target,
        config__in=list(configs),
        value__isnull=False,
    )
    return set(System.objects.filter(Exists(scores), pk__in=part.systems).values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts of each engine (by its id), and those of them in articles that have all the references."""

    all: Counter[int]
    with_reference: Counter[int]


def texts_of(part: Part, against: Against) -> Texts:
    """Every text that holds has exactly one row of the first signal, which needs no reference."""
    signal = SOURCE_SIGNALS[0]
    project = part.project
    documents = part.documents
    for name in against.names:
        documents = documents.filter(Exists(Reference.objects.filter(document=OuterRef("pk"), name=name)))
    # By ids, and counting nothing but rows: so the unique index alone answers.
    target = ScoreTarget.objects.filter(project=project, kind=TargetKind.SOURCE).values_list("pk", flat=True).first()
    config = config_ids({signal.id: signal.signature(Languages(project.source_lang, project.target_lang))})
    rows = Score.objects.filter(part.of("hypothesis__"), target=target, config=config.get(signal.id))
    is_complete = Case(When(hypothesis__document__in=documents.values("pk"), then=1), default=0)
    texts = Texts(Counter(), Counter())
    for system, complete, n in (
        rows.annotate(complete=is_complete)
        .values_list("hypothesis__system", "complete")
        .annotate(n=Count("*"))
        .order_by()
    ):
        texts.all[system] += n
        texts.with_reference[system] += n if complete else 0
    return texts


def unfinished(part: Part, against: Against) -> int:
    """Articles whose scoring still runs or failed."""
    kind = TaskRun.Kind.POST_EDIT if against.is_post_edit else TaskRun.Kind.SCORE
    runs = TaskRun.objects.filter(document__in=part.documents.values("pk"), kind=kind)
    return runs.exclude(state=TaskRun.State.DONE).values("document").distinct().count()


# --- summing -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Units:
    """Sums of one metric's statistics by system, unit and column, on the texts all systems share.

    Units are in the order of their ids. `above` and `below` count by system the texts whose value is higher and lower
    than the baseline's.
    """

    statistics: Integers
    texts: int
    documents: int
    above: tuple[int, ...]
    below: tuple[int, ...]

    @property
    def number(self) -> int:
        return int(self.statistics.shape[1])


@dataclass(slots=True)
class Sums:
    """One metric in a part: its units (None where nothing is shared), and per engine what is scored and what not.

    `scored` counts texts with a value, shared or not; `null` those without, by reason.
    """

    units: Units | None = None
    scored: Counter[int] = field(default_factory=Counter)
    null: defaultdict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def left_out(self, system: int, texts: Texts, against: Against) -> dict[str, int]:
        """Why the others of an engine's texts are not among the shared ones."""
        reasons = Counter(self.null[system])
        reasons[NOT_SHARED] = self.scored[system] - (self.units.texts if self.units and self.scored[system] else 0)
        missing = texts.with_reference[system] - self.scored[system] - self.null[system].total()
        reasons[NOT_APPROVED if against.is_post_edit else NOT_SCORED] = missing
        # Articles without this reference at all have no row for it.
        reasons[NO_REFERENCE] += texts.all[system] - texts.with_reference[system]
        return {reason: count for reason, count in sorted(reasons.items()) if count > 0}


#: Columns before the statistics in a row of the sums.
_LEADING = 9


def sums_of(
    part: Part,
    against: Against,
    configs: Mapping[int, ReferenceMetric],
    compared: Sequence[int],
    baseline: int | None,
    by: Unit,
) -> dict[int, Sums]:
    """Everything about these configurations in one pass over the scores, summed in the database.

    Summed are the texts that each of the engines `compared` has a value for; the part's other engines have none and
    are counted by their reasons. Texts are the same when they start at the same segment and are held against the same
    text.
    """
    if not configs or not part.systems:
        return {}
    columns = STATISTICS_COLUMNS[: max(metric.width for metric in configs.values())]
    inner, params = _scored(part, against, list(configs), baseline, columns)
    unit = "segment_id" if by == "segment" else "document_id"
    group = "config_id, system_id, document_id, reason, taken" + (", segment_id" if by == "segment" else "")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT config_id, system_id, {unit}, document_id, reason, taken, COUNT(*), "  # noqa: S608
            "SUM(CASE WHEN value > base THEN 1 ELSE 0 END), SUM(CASE WHEN value < base THEN 1 ELSE 0 END), "
            f"{', '.join(f'SUM({column})' for column in columns)} "
            f"FROM (SELECT texts.*, CASE WHEN value IS NOT NULL AND sharing = %s THEN 1 ELSE 0 END AS taken "
            f"FROM ({inner}) texts) shared GROUP BY {group}",
            [len(compared), *params],
        )
        rows = cursor.fetchall()
    found: defaultdict[int, Sums] = defaultdict(Sums)
    taken: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        config, system, _, _, reason, is_taken, n, *_ = row
        if reason:
            found[config].null[system][reason] += n
        else:
            found[config].scored[system] += n
        if is_taken:
            taken[config].append(row)
    for config, chosen in taken.items():
        found[config].units = _units(chosen, configs[config].width, compared)
    return dict(found)


def _units(rows: Sequence[tuple[Any, ...]], width: int, systems: Sequence[int]) -> Units:
    """The rows of one metric, each system's units in the order of their ids."""
    place = {system: i for i, system in enumerate(systems)}
    table = np.array([(place[row[1]], row[2], row[3], *row[6 : _LEADING + width]) for row in rows], dtype=np.int64)
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    by_system = table.reshape(len(systems), len(rows) // len(systems), -1)
    return Units(
        statistics=by_system[:, :, 6:],
        texts=int(by_system[0, :, 3].sum()),
        documents=len(np.unique(by_system[0, :, 2])),
        above=tuple(by_system[:, :, 4].sum(axis=1).tolist()),
        below=tuple(by_system[:, :, 5].sum(axis=1).tolist()),
    )


def _scored(
    part: Part,
    against: Against,
    configs: Sequence[int],
    baseline: int | None,
    columns: Sequence[str] = (),
) -> tuple[str, list[Any]]:
    """Scores with the baseline's value (`base`) and how many of the engines have a value for the same text (`sharing`).

    One engine shares everything with itself: the database need not sort for that.
    """
    quote = connection.ops.quote_name
    score, hypothesis = quote(Score._meta.db_table), quote(Hypothesis._meta.db_table)
    within, params = part.sql("h")
    alone = list(part.systems) == [baseline]
    same = "(PARTITION BY s.config_id, h.segment_id, s.target_hash)"
    return (
        "SELECT s.config_id, h.system_id, h.document_id, h.segment_id, s.reason, s.value, "
        f"{''.join(f's.{column}, ' for column in columns)}"
        + (
            "1 AS sharing, s.value AS base "
            if alone
            else f"COUNT(s.value) OVER {same} AS sharing, "
            f"MAX(CASE WHEN h.system_id = %s THEN s.value END) OVER {same} AS base "
        )
        + f"FROM {score} s JOIN {hypothesis} h ON h.id = s.hypothesis_id "
        f"WHERE s.target_id = %s AND s.config_id IN ({', '.join('%s' for _ in configs)}) AND {within}",
        [*([] if alone else [baseline]), against.target, *configs, *params],
    )


# --- single texts ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TextDifference:
    """Two engines' values on one text, with the ids of the rows it starts at."""

    document: int
    segment: int
    value: float
    base: float


def most_different(
    part: Part, against: Against, config: int, system: int, baseline: int, *, limit: int, sign: int = 0
) -> list[TextDifference]:
    """The texts both engines have a score for, by the difference of the two values, the largest first.

    `sign` takes only those where the system's value is higher (1) or lower (-1); 0 takes both.
    """
    inner, params = _scored(part, against, [config], baseline)
    wanted = {1: "value > base", -1: "value < base", 0: "value <> base"}[sign]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT document_id, segment_id, value, base FROM ({inner}) shared "  # noqa: S608
            f"WHERE sharing = 2 AND system_id = %s AND {wanted} "
            "ORDER BY ABS(value - base) DESC, segment_id LIMIT %s",
            [*params, system, limit],
        )
        return [TextDifference(*row) for row in cursor.fetchall()]


class Runs:
    """The wordings of some texts: a run begins with a scored translation and goes on with those scored with it."""

    def __init__(self, texts: Sequence[TextDifference], against: Against, config: int) -> None:
        documents = {text.document for text in texts}
        self.external_ids = dict(Document.objects.filter(pk__in=documents).values_list("pk", "external_id"))
        self._placements: defaultdict[int, list[Placement]] = defaultdict(list)
        for placement in (
            Placement.objects.sourced()
            .filter(source_revision__in=Document.objects.filter(pk__in=documents).values("current_source"))
            .select_related("source", "segment")
            .order_by("rank")
        ):
            self._placements[placement.segment.document_id].append(placement)
        scores = Score.objects.filter(target=against.target, config=config, hypothesis__document__in=documents)
        self._rows = {
            (row.hypothesis.system_id, row.hypothesis.segment_id): row
            for row in scores.select_related("hypothesis").defer(*STATISTICS_COLUMNS)
        }

    def placements(self, text: TextDifference, system: int) -> list[Placement]:
        """The segments the text of the system stands for; never none."""
        covered = sum(row.hypothesis.covers for row in self._run(text, system))
        start = self._start(text)
        return self._placements[text.document][start : start + covered]

    def text(self, text: TextDifference, system: int) -> str:
        return join_texts([row.hypothesis.content for row in self._run(text, system)]).text

    def _start(self, text: TextDifference) -> int:
        order = [placement.segment_id for placement in self._placements[text.document]]
        return order.index(text.segment)

    def _run(self, text: TextDifference, system: int) -> list[Score]:
        """The rows of the run: the one with the value, then those that say they were scored with it."""
        run = [self._rows[system, text.segment]]
        following = self._placements[text.document][self._start(text) + run[0].hypothesis.covers :]
        for placement in following:
            row = self._rows.get((system, placement.segment_id))
            if row is not None and row.reason != WITH_PREVIOUS:
                break
            if row is not None:
                run.append(row)
        return run
