"""Tables, constraints and relations. No rules live here."""

from .accounts import Service, Setting, SignInCode, Throttle, User, WebSession
from .audit import AuditEntry, ListSighting
from .bti import Consent, Handover, Intervention, LogEntry
from .cases import Case, CaseLook, EmergencyOpening, Person, PersonWord, RelatedPerson, TeamMember
from .conversations import Activity, Conversation, Form, Score, ScoreCorrection
from .coordination import (
    CareTeam,
    ChangeNote,
    Coordinator,
    IndividualPlan,
    LevelStay,
    Meeting,
    MeetingAddition,
    NeedReport,
)
from .offline import Device, DeviceOpening, ReceivedItem, Taking
from .types import Audited

__all__ = [
    "Activity",
    "Audited",
    "AuditEntry",
    "CareTeam",
    "Case",
    "CaseLook",
    "ChangeNote",
    "Consent",
    "Conversation",
    "Coordinator",
    "Device",
    "DeviceOpening",
    "EmergencyOpening",
    "Form",
    "Handover",
    "IndividualPlan",
    "Intervention",
    "LevelStay",
    "ListSighting",
    "LogEntry",
    "Meeting",
    "MeetingAddition",
    "NeedReport",
    "Person",
    "PersonWord",
    "ReceivedItem",
    "RelatedPerson",
    "Score",
    "ScoreCorrection",
    "Service",
    "Setting",
    "SignInCode",
    "Taking",
    "TeamMember",
    "Throttle",
    "User",
    "WebSession",
]
