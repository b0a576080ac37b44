"""Notices to staff: made of facts, for whoever is on duty, and read in the inbox of the desk."""

from services.portal.handlers.notices.facts import tell_staff
from services.portal.handlers.notices.telling import Telling, tell

__all__ = ["Telling", "tell", "tell_staff"]
