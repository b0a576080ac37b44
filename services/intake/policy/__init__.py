"""The rules of intake: scope, progress as the person sees it, guesses at query codes, files."""

from services.intake.policy.files import Refusal

__all__ = ["Refusal"]
