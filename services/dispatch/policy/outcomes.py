"""What each outcome of an order takes besides its answer (domain facts 5.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Proof:
    """What must stand beside an answer before an order may end so."""

    basis: bool = False
    """The law or policy that says so."""
    evidence: bool = False
    """What shows it: where it went, who said so, which case it is part of."""
    tries: int = 0
    """So many logged tries to reach the person, all in vain or not."""
    ends: bool = True
    """False where the matter goes on: that is told by a report, which ends nothing (S3-23)."""


NOTHING = Proof()
PROOFS: Mapping[str, Proof] = MappingProxyType(
    {
        "done": NOTHING,
        "done_otherwise": NOTHING,
        "explained_law": Proof(basis=True),
        "explained_mistake": NOTHING,
        "referred": Proof(basis=True),
        "tracking": Proof(ends=False),
        "not_accepted": Proof(basis=True),
        "emergency": Proof(evidence=True),
        "withdrawn": Proof(evidence=True),
        "merged": Proof(evidence=True),
        "unreachable": Proof(tries=2),
        "backlog": Proof(basis=True),
    }
)
"""By outcome; a test holds it against the outcomes that events know."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a unit gives with its answer."""

    legal_basis: str = ""
    evidence: str = ""
    tries: int = 0


@unique
class Lack(StrEnum):
    """What an outcome still takes; the words are codes of the HTTP door."""

    LEGAL_BASIS = "legal_basis_needed"
    EVIDENCE = "evidence_needed"
    TRIES = "tries_needed"
    END = "goes_on"


def lacking(outcome: str, given: Given) -> Lack | None:
    """Return what an outcome still takes, or None."""
    proof = PROOFS[outcome]
    if not proof.ends:
        return Lack.END
    if proof.basis and not given.legal_basis.strip():
        return Lack.LEGAL_BASIS
    if proof.evidence and not given.evidence.strip():
        return Lack.EVIDENCE
    return Lack.TRIES if given.tries < proof.tries else None
