"""Tables, constraints and querysets: one file per noun or close family."""

from .annotations import Campaign, ErrorAnnotation, Rating
from .audit import AuditEvent
from .dismissals import Dismissal, DismissalUndo, Scope
from .divisions import DivisionDraft
from .document import Document, DocumentState, Placement, Segment, SegmentSource, SegmentState, SourceRevision
from .effort import EffortFigure, EffortMonth
from .findings import CheckedPair, Finding
from .hypothesis import Hypothesis, Reference, ReferenceSet, System
from .jobs import BulkJob
from .notices import MailChoice, Notice, NoticeChoice, NoticeKind
from .passes import ReviewPass
from .people import Person
from .project import Membership, Project, Role
from .protocols import Protocol
from .publication import Publication
from .quality import QualityMark, QualitySum, QualityWeek
from .quotes import QuoteProvenance, Wording
from .review import Decision, DecisionKind, Draft, DraftKind, Lane, Origin, Revision
from .runs import Heartbeat, ImportBatch, TaskRun
from .scores import MetricConfig, Score, ScoreTarget, TargetKind
from .search import SearchText
from .tally import Tally
from .terms import Term, Use
from .visits import Visit
from .work import Assignment, Availability, Skill, Step, WorkItem, WorkItemSegment, WorkState

__all__ = [
    "Assignment",
    "AuditEvent",
    "Availability",
    "BulkJob",
    "Campaign",
    "CheckedPair",
    "Decision",
    "DecisionKind",
    "Dismissal",
    "DismissalUndo",
    "DivisionDraft",
    "Document",
    "DocumentState",
    "Draft",
    "DraftKind",
    "EffortFigure",
    "EffortMonth",
    "ErrorAnnotation",
    "Finding",
    "Heartbeat",
    "Hypothesis",
    "ImportBatch",
    "Lane",
    "MailChoice",
    "Membership",
    "MetricConfig",
    "Notice",
    "NoticeChoice",
    "NoticeKind",
    "Origin",
    "Person",
    "Placement",
    "Project",
    "Protocol",
    "Publication",
    "QualityMark",
    "QualitySum",
    "QualityWeek",
    "QuoteProvenance",
    "Rating",
    "Reference",
    "ReferenceSet",
    "ReviewPass",
    "Revision",
    "Role",
    "Scope",
    "Score",
    "ScoreTarget",
    "SearchText",
    "Segment",
    "SegmentSource",
    "SegmentState",
    "Skill",
    "SourceRevision",
    "Step",
    "System",
    "Tally",
    "TargetKind",
    "TaskRun",
    "Term",
    "Use",
    "Visit",
    "Wording",
    "WorkItem",
    "WorkItemSegment",
    "WorkState",
]
