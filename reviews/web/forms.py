"""Every POST goes through one of these, even a single number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviews.checks.policy import EFFECTS, SEVERITY_EFFECTS, Policy, PolicyError, parse_policy
from reviews.checks.registry import CHECKS
from reviews.editing.deciding import Seen
from reviews.editing.drafts import MAX_DRAFT_LENGTH
from reviews.editing.parts import MOST_PARTS
from reviews.editing.tabs import Tab
from reviews.importing.formats.registry import FORMATS
from reviews.importing.formats.rows import RowError, check_reference, check_system
from reviews.metrics.registry import REFERENCE_METRICS
from reviews.models import BulkJob, DocumentState, ImportBatch, MailChoice, NoticeKind, Origin, Scope, Step
from reviews.models.document import KIND_CHOICES
from reviews.models.publication import NoteKind
from reviews.notices.kinds import KINDS
from reviews.publishing.gate import GATE_RULES
from reviews.publishing.service import LONGEST_NOTE, Note
from reviews.reports.comparison import LENGTHS, Slice
from reviews.routing.policy import MOST_RULES
from reviews.routing.policy import Policy as RoutingPolicy
from reviews.routing.policy import PolicyError as RoutingPolicyError
from reviews.routing.policy import parse_policy as parse_routing_policy
from reviews.values import SEVERITIES
from reviews.web.veiled import unveiled

#: What the text field may say about where its text comes from.
FROM_A_FIELD = (Origin.TYPED, Origin.ADOPTED, Origin.PART, Origin.RESTORED)
FIELD_ORIGINS = [(origin.value, origin.label) for origin in FROM_A_FIELD]


class TypedText(forms.Field):
    """A text exactly as the field holds it, white space and all: the services judge what cannot be kept."""

    widget = forms.Textarea
    default_validators = [
        MaxLengthValidator(
            MAX_DRAFT_LENGTH,
            gettext_lazy("The text has %(show_value)s characters; a segment takes at most %(limit_value)s."),
        )
    ]

    def to_python(self, value: Any) -> str:
        return "" if value is None else str(value)


class Hash(forms.RegexField):
    """A SHA-256 as hexadecimal digits."""

    def __init__(self, **options: Any) -> None:
        super().__init__(r"^[0-9a-f]{64}$", **options)


class SeenTexts(forms.Field):
    """What the page showed of several rows, each as `segment:revision:source hash`."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {
        "required": gettext_lazy("Nothing on this page is ready for your approval."),
        "damaged": gettext_lazy("The list of texts to approve is damaged. Reload the article and try again."),
    }
    _shape = re.compile(r"([0-9]{1,18}):([0-9]{1,18}):([0-9a-f]{64})", re.ASCII)

    def to_python(self, value: Any) -> dict[int, Seen]:
        found = {}
        for item in value or []:
            match = self._shape.fullmatch(item)
            if match is None:
                raise forms.ValidationError(self.error_messages["damaged"])
            found[int(match[1])] = Seen(int(match[2]), match[3])
        return found


class EngineTextId(forms.IntegerField):
    """A text of an engine, by the number the page knew it by."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1, **options)

    def clean(self, value: Any) -> int | None:
        number = super().clean(value)
        return None if number is None else unveiled(number)


class EngineTextIds(forms.CharField):
    """Several of them, with commas between."""

    def to_python(self, value: Any) -> tuple[int, ...]:  # type: ignore[override]
        one = EngineTextId()
        found = tuple(one.clean(part) for part in str(value or "").split(",") if part)
        if len(found) > MOST_PARTS:
            raise forms.ValidationError(_("The text is put together from too many engines’ texts."))
        return tuple(number for number in found if number is not None)


class FieldForm(forms.Form):
    """What a field sends along of the draft it began with: the page that one was typed in, and which state of it."""

    took = forms.CharField(required=False, max_length=32)
    took_sequence = forms.IntegerField(required=False, min_value=1, max_value=2**62)

    def tab(self, key: str) -> Tab:
        return Tab(key, self.cleaned_data["took"], self.cleaned_data["took_sequence"] or 0)


class SaveForm(FieldForm):
    typed = TypedText(required=False)
    base = forms.IntegerField(min_value=0)
    save_key = forms.CharField(max_length=64)
    started_from = EngineTextId(required=False)
    parts = EngineTextIds(required=False)
    origin = forms.ChoiceField(choices=FIELD_ORIGINS, required=False)
    reviewed = forms.BooleanField(required=False)


class AcceptForm(forms.Form):
    base = forms.IntegerField(min_value=0)
    seen_hash = Hash()
    save_key = forms.CharField(max_length=64)


class DraftForm(FieldForm):
    typed = TypedText(required=False)
    base = forms.IntegerField(min_value=0)
    sequence = forms.IntegerField(min_value=1, max_value=2**62)


class Reason(forms.CharField):
    """Why, in a person's words."""

    def __init__(self) -> None:
        messages = {"max_length": gettext_lazy("Keep the reason under 1,000 characters.")}
        super().__init__(required=False, max_length=1000, error_messages=messages)


class DecisionForm(forms.Form):
    """A decision on what the person had before them."""

    revision = forms.IntegerField(min_value=1)
    source_hash = Hash()
    reason = Reason()

    def seen(self) -> Seen:
        return Seen(self.cleaned_data["revision"], self.cleaned_data["source_hash"])


class LeaveOutForm(forms.Form):
    """Omit a text or copy the source, whatever stood there: also where nobody has written yet (revision 0)."""

    revision = forms.IntegerField(min_value=0)
    source_hash = Hash()
    save_key = forms.CharField(max_length=64)
    reason = Reason()

    def seen(self) -> Seen:
        return Seen(self.cleaned_data["revision"], self.cleaned_data["source_hash"])


class ApproveAllForm(forms.Form):
    seen = SeenTexts()


class SeenArticles(forms.Field):
    """What the page showed of several articles, each as `document:number of its last event`."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {
        "required": gettext_lazy("Choose at least one article."),
        "damaged": gettext_lazy("The list of articles is damaged. Go back and choose them again."),
    }
    _shape = re.compile(r"([0-9]{1,18}):([0-9]{1,18})", re.ASCII)

    def to_python(self, value: Any) -> dict[int, int]:
        found = {}
        for item in value or []:
            match = self._shape.fullmatch(item)
            if match is None:
                raise forms.ValidationError(self.error_messages["damaged"])
            found[int(match[1])] = int(match[2])
        return found


class Documents(forms.Field):
    """Ids of articles."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[int]:
        return [int(each) for each in value or [] if each.isascii() and each.isdigit() and len(each) <= 18]


class BulkQuery(forms.Form):
    """Articles chosen one by one, or all that fit a filter."""

    document = Documents(required=False)
    all = forms.BooleanField(required=False)
    state = forms.ChoiceField(required=False, choices=[("", gettext_lazy("Any state")), *DocumentState.choices])
    q = forms.CharField(required=False, max_length=200, strip=True)


class JobForm(forms.Form):
    """One act on the articles the page showed; `to` and `step` where work is given to a person."""

    entries = SeenArticles()
    act = forms.ChoiceField(choices=BulkJob.Act.choices)
    reason = Reason()
    to = forms.IntegerField(required=False, min_value=1)
    step = forms.ChoiceField(required=False)

    def __init__(self, data: QueryDict, *, steps: Sequence[Step]) -> None:
        super().__init__(data)
        field = self.fields["step"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(step.value, step.label) for step in steps]


class DismissForm(forms.Form):
    """A finding of the row, by its id, and how far its dismissal reaches."""

    finding = forms.IntegerField(min_value=1)
    scope = forms.ChoiceField(choices=Scope.choices, required=False)
    reason = Reason()

    def clean_scope(self) -> Scope:
        return Scope(self.cleaned_data["scope"] or Scope.SEGMENT)


class UndoForm(forms.Form):
    """A dismissal that holds in the row, by its id."""

    dismissal = forms.IntegerField(min_value=1)


class DismissAllForm(forms.Form):
    """The open findings of one check that the page showed, by their ids."""

    findings = forms.RegexField(r"^[0-9]{1,18}(?:,[0-9]{1,18})*$", max_length=200_000, strip=False)
    reason = Reason()

    def clean_findings(self) -> frozenset[int]:
        return frozenset(map(int, self.cleaned_data["findings"].split(",")))


class PolicyForm(forms.Form):
    """What findings do in a project, by severity and by check; `seen` is what the page showed, as JSON."""

    seen = forms.JSONField(required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for severity in SEVERITIES:
            self.fields[severity] = forms.ChoiceField(choices=[(each, EFFECTS[each]) for each in SEVERITY_EFFECTS])
        for check in CHECKS:
            self.fields[check.id] = forms.ChoiceField(choices=EFFECTS.items(), required=False)

    def clean_seen(self) -> Policy:
        try:
            return parse_policy(self.cleaned_data["seen"])
        except PolicyError:
            raise forms.ValidationError(_("What the page showed is damaged.")) from None

    def policy(self) -> Policy:
        """The policy that was chosen; checks that are gone from the registry keep theirs."""
        asked, seen = self.cleaned_data, self.cleaned_data["seen"]
        known = {check.id for check in CHECKS}
        checks = {name: effect for name, effect in seen.checks.items() if name not in known}
        checks |= {name: asked[name] for name in known if asked[name]}
        return Policy({severity: asked[severity] for severity in SEVERITIES}, checks)


class RoutingForm(forms.Form):
    """The frame of a form of routing rules: how many there are, which button sent it, and as JSON what it started from.

    The rules' own fields are read by `selectors.routing` and judged by the policy's reader.
    """

    rules = forms.IntegerField(min_value=0, max_value=MOST_RULES)
    act = forms.CharField(required=False, max_length=20)
    seen = forms.JSONField(required=False)

    def clean_seen(self) -> RoutingPolicy:
        try:
            return parse_routing_policy(self.cleaned_data["seen"] or {})
        except RoutingPolicyError:
            raise forms.ValidationError(_("What the page showed is damaged.")) from None


class KeptForm(forms.Form):
    """Which state of the kept text the page showed; a refused one has no other."""

    sequence = forms.IntegerField(required=False, min_value=0, max_value=2**62)

    def clean_sequence(self) -> int:
        return self.cleaned_data["sequence"] or 0


class KeepForm(KeptForm):
    """Which revision the person read before keeping their own text on top of it, or both texts together."""

    base = forms.IntegerField(min_value=0)
    both = forms.BooleanField(required=False)


class SettleForm(forms.Form):
    """One of the two texts the page showed, by its hash; without one, a third as it was typed."""

    seen = forms.RegexField(r"^[0-9a-f]{64}:[0-9a-f]{64}$")
    source_hash = Hash()
    chosen = Hash(required=False)
    typed = TypedText(required=False)
    reason = Reason()


class ReopenSecondForm(forms.Form):
    """Why a text has to be reviewed a second time again."""

    reason = Reason()


class NoFieldsForm(forms.Form):
    """A POST that says everything by its address."""


class NoticesQuery(forms.Form):
    page = forms.IntegerField(required=False, min_value=1)


class NoticesReadForm(forms.Form):
    """Mark all as read that the page could show."""

    newest = forms.IntegerField(min_value=0, max_value=2**62)


class NoticeChoicesForm(forms.Form):
    """How somebody wants to hear of each kind of notice, in fields named as the kinds."""

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        for kind in KINDS:
            self.fields[kind.kind.value] = forms.ChoiceField(label=kind.kind.label, choices=MailChoice.choices)

    def choices(self) -> dict[NoticeKind, MailChoice]:
        return {NoticeKind(name): MailChoice(mail) for name, mail in self.cleaned_data.items()}


class ReleaseForm(forms.Form):
    """Publish; with the checks whose findings are waived and why, where there are any."""

    reason = forms.CharField(
        required=False,
        max_length=1000,
        error_messages={"max_length": gettext_lazy("Say it in at most 1,000 characters.")},
    )
    waive = forms.MultipleChoiceField(
        required=False, choices=[(name, name) for name in (*GATE_RULES, *(check.id for check in CHECKS))]
    )

    note_kind = forms.ChoiceField(required=False, choices=NoteKind.choices)
    note = forms.CharField(
        required=False,
        max_length=LONGEST_NOTE,
        error_messages={"max_length": gettext_lazy("Keep the note to readers under 1,000 characters.")},
    )

    def waivers(self) -> dict[str, str]:
        return dict.fromkeys(self.cleaned_data["waive"], self.cleaned_data["reason"])

    def told(self) -> Note | None:
        """What readers are to be told; None where nothing was written."""
        text = self.cleaned_data["note"]
        return Note(self.cleaned_data["note_kind"], text) if text.strip() else None


class TakeForm(forms.Form):
    step = forms.ChoiceField(choices=Step.choices)
    skill = forms.CharField(required=False, max_length=60)


class PresenceForm(forms.Form):
    """The number of the last event of the document that the page knows of."""

    seen = forms.IntegerField(min_value=0)


class ArticleQuery(forms.Form):
    """What the address of an article may ask for: a row to open, and a text to put into its field.

    `use` is an engine's text, `restore` the number of one that was saved earlier.
    """

    edit = forms.IntegerField(required=False, min_value=1)
    use = forms.IntegerField(required=False, min_value=1)
    restore = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


class HistoryQuery(forms.Form):
    """From which saved text on the history goes back; without it from the newest."""

    before = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


class RowQuery(forms.Form):
    """How often the row has asked for its checks."""

    checks = forms.IntegerField(required=False, min_value=0, max_value=100)


def words_within(low: int, high: int | None) -> str:
    """A length in words, both ends included: "up to 10 words", "11 to 20 words", "21 words or more"."""
    if high is None:
        return _("%(low)d words or more") % {"low": low}
    if not low:
        return _("up to %(high)d words") % {"high": high}
    return _("%(low)d to %(high)d words") % {"low": low, "high": high}


def _length_choices() -> list[tuple[str, str]]:
    names = {"short": _("short, %(words)s"), "medium": _("medium, %(words)s"), "long": _("long, %(words)s")}
    lengths = [(name, names[name] % {"words": words_within(*ends)}) for name, ends in LENGTHS.items()]
    return [("", _("any")), *lengths]


class Day(forms.DateField):
    """A day as a date field of the browser sends it, in a span every calendar and time zone can take."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_error_messages = {"invalid": gettext_lazy("“%(value)s” is no day: write it as 2026-11-24.")}
    default_validators = [
        MinValueValidator(date(1900, 1, 1), gettext_lazy("Choose a day from 1900 on.")),
        MaxValueValidator(date(2199, 12, 31), gettext_lazy("Choose a day before 2200.")),
    ]

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **options)

    def to_python(self, value: Any) -> date | None:
        """The day; what is none is named in the message, as the browser's field cannot show it."""
        try:
            return super().to_python(value)
        except forms.ValidationError as error:
            raise forms.ValidationError(error.message, code=error.code, params={"value": value}) from None


#: What a list says of a value it does not hold.
NOT_LISTED = {"invalid_choice": gettext_lazy("There is no “%(value)s” here: choose one of the list.")}

#: Compared unless others are asked for: one that counts words, one letters, one edits with shifts, one without.
USUAL_METRICS = ("bleu", "chrf++", "ter", "edit_rate")
METRIC_CHOICES = [(metric.id, gettext_lazy(metric.name)) for metric in REFERENCE_METRICS]


class EnginesQuery(forms.Form):
    """Which engines, texts and metrics the comparison of engines is asked for. Everything may be left out."""

    reference = forms.ChoiceField(label=gettext_lazy("Compare with"), required=False, error_messages=NOT_LISTED)
    baseline = forms.ChoiceField(label=gettext_lazy("Baseline"), required=False, error_messages=NOT_LISTED)
    section = forms.ChoiceField(label=gettext_lazy("Section"), required=False, error_messages=NOT_LISTED)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of text"),
        required=False,
        choices=[("", gettext_lazy("any")), *KIND_CHOICES],
        error_messages=NOT_LISTED,
    )
    length = forms.ChoiceField(
        label=gettext_lazy("Length"),
        required=False,
        choices=_length_choices,
        error_messages=NOT_LISTED,
    )
    since = Day(label=gettext_lazy("Published from"), required=False)
    until = Day(label=gettext_lazy("Published to"), required=False)
    by = forms.ChoiceField(
        label=gettext_lazy("Intervals over"),
        required=False,
        choices=[("document", gettext_lazy("articles")), ("segment", gettext_lazy("single texts"))],
        error_messages=NOT_LISTED,
    )
    metrics = forms.MultipleChoiceField(
        label=gettext_lazy("Metrics"),
        required=False,
        choices=METRIC_CHOICES,
        widget=forms.CheckboxSelectMultiple,
        error_messages=NOT_LISTED,
    )

    def __init__(
        self, data: QueryDict, *, references: Sequence[str], systems: Sequence[str], sections: Sequence[str]
    ) -> None:
        asked = data.copy()
        if not asked.getlist("metrics"):
            asked.setlist("metrics", list(USUAL_METRICS))
        if not references:
            # Whatever it names: the comparison says how to get one.
            asked.pop("reference", None)
        elif not asked.get("reference"):
            asked["reference"] = references[0]
        super().__init__(asked, auto_id="%s")
        self._offer("reference", references)
        self._offer("baseline", systems, "the first engine")
        self._offer("section", sections, _("any"))

    def _offer(self, name: str, values: Sequence[str], unchosen: str | None = None) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", unchosen)] if unchosen else []
        field.choices += [(value, value) for value in values]

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        since, until = asked.get("since"), asked.get("until")
        if since and until and until < since:
            self.add_error("until", _("This day is before the first one: exchange them."))
        return asked

    @property
    def part(self) -> Slice:
        """The part of the project that a valid query asks for."""
        asked = self.cleaned_data
        return Slice(**{name: asked[name] or None for name in ("section", "kind", "length", "since", "until")})

    @property
    def metric_ids(self) -> list[str]:
        """The metrics in the order of the registry, each once."""
        return [name for name, _ in METRIC_CHOICES if name in self.cleaned_data["metrics"]]

    def as_query(self) -> str:
        """A valid query as the end of an address, without what was left open."""
        values = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in self.cleaned_data.items()
            if value
        }
        return urlencode(values, doseq=True)


class SegmentsQuery(EnginesQuery):
    """One engine against the baseline under one metric: the texts on which they differ most."""

    system = forms.ChoiceField(
        label=gettext_lazy("Engine"), error_messages=NOT_LISTED | {"required": gettext_lazy("Choose an engine.")}
    )
    baseline = forms.ChoiceField(
        label=gettext_lazy("Baseline"), error_messages=NOT_LISTED | {"required": gettext_lazy("Choose a baseline.")}
    )
    metric = forms.ChoiceField(label=gettext_lazy("Metric"), choices=METRIC_CHOICES, error_messages=NOT_LISTED)
    direction = forms.ChoiceField(
        label=gettext_lazy("Texts"),
        required=False,
        choices=[
            ("both", gettext_lazy("that differ most")),
            ("better", gettext_lazy("where it is better")),
            ("worse", gettext_lazy("where it is worse")),
        ],
        error_messages=NOT_LISTED,
    )
    field_order = ("system", "baseline", "metric", "direction")

    def __init__(self, data: QueryDict, *, systems: Sequence[str], **offered: Sequence[str]) -> None:
        super().__init__(data, systems=systems, **offered)
        self._offer("system", systems)
        self._offer("baseline", systems)
        # For the way back to the comparison.
        self.fields["metrics"].widget = forms.MultipleHiddenInput()
        self.fields["by"].widget = forms.HiddenInput()


class UploadForm(forms.Form):
    """What the uploaded files are, where their names and contents do not say it."""

    AUTO, HYPOTHESIS, REFERENCE, SOURCE = "auto", "hypothesis", "reference", "source"

    what = forms.ChoiceField(
        label=gettext_lazy("What are these files?"),
        choices=[
            (AUTO, gettext_lazy("Work it out from the files")),
            (HYPOTHESIS, gettext_lazy("Translations of one MT engine")),
            (REFERENCE, gettext_lazy("A reference translation")),
            (SOURCE, gettext_lazy("Originals, new or changed")),
        ],
    )
    name = forms.CharField(label=gettext_lazy("Engine or reference"), required=False, max_length=200, strip=True)
    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=[
            ("auto", gettext_lazy("Work it out from the files")),
            *((format_.name, gettext_lazy(format_.title)) for format_ in FORMATS),
        ],
    )

    columns = forms.CharField(label=gettext_lazy("Columns"), required=False, max_length=500, strip=True)
    # No stripping: a workbook may name its sheets as it likes.
    sheet = forms.CharField(label=gettext_lazy("Sheet"), required=False, max_length=100, strip=False)

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        what, name = asked.get("what"), asked.get("name", "")
        try:
            if what == self.HYPOTHESIS and name:
                check_system(name)
            elif what == self.REFERENCE and name:
                check_reference(name)
        except RowError as error:
            self.add_error("name", f"The field {error}")
        if what == self.HYPOTHESIS and not name:
            self.add_error("name", _("Name the engine these translations are from."))
        if what == self.REFERENCE and not name:
            self.add_error("name", _("Name the reference, such as the translator's letter."))
        return asked

    def options(self) -> dict[str, str]:
        """The options of the import: those that were chosen."""
        asked = self.cleaned_data
        options = {}
        if asked["what"] != self.AUTO:
            options["role"] = asked["what"]
        if asked["what"] in (self.HYPOTHESIS, self.REFERENCE):
            options["system" if asked["what"] == self.HYPOTHESIS else "reference"] = asked["name"]
        if asked["format"] != "auto":
            options["format"] = asked["format"]
        if asked["columns"]:
            options["columns"] = asked["columns"]
        if asked["sheet"]:
            options["sheet"] = asked["sheet"]
        return options


class ImportsQuery(forms.Form):
    page = forms.IntegerField(required=False, min_value=1)


class ImportQuery(forms.Form):
    """The state the open page shows, so that an answer to its script can tell that it moved on."""

    seen = forms.ChoiceField(required=False, choices=ImportBatch.State.choices)


def first_error(form: forms.Form) -> str:
    """The first thing wrong with a form, as a sentence for the person before the screen."""
    name, errors = next(iter(form.errors.items()))
    text = str(errors[0])
    if isinstance(form.fields.get(name), (TypedText, SeenTexts, SeenArticles)) or name in ("reason", "name"):
        return text
    return _("The page sent something incomplete (%(name)s: %(text)s) Reload it and try again.") % {
        "name": name,
        "text": text,
    }
