"""What notify does when it is woken: queue a message for a fact, and deliver what is due."""

from services.notify.handlers.amend import readdress_case
from services.notify.handlers.complaint import hear_complaint
from services.notify.handlers.contacts import send_contact_code, tell_old_telephone
from services.notify.handlers.deliver import Post, deliver_due
from services.notify.handlers.duty import DutyRules, list_phone, ring_due, ring_for
from services.notify.handlers.erase import erase_case
from services.notify.handlers.facts import (
    confirm_registrations,
    invite_to_rate,
    leave_to_origin,
    send_one_time_code,
    tell_appeal_decided,
    tell_appealed,
    tell_declined,
    tell_dispatched,
    tell_dispatched_elsewhere,
    tell_handed_over,
    tell_joined,
    tell_materials,
    tell_materials_elsewhere,
    tell_meeting,
    tell_meetings_elsewhere,
    tell_moved,
    tell_outside,
    tell_promises,
    tell_renewed,
    tell_reopened,
    tell_result,
    tell_split,
    tell_taken_back,
    tell_tracked,
    tell_withdrawn,
)
from services.notify.handlers.helpers import tell_helper
from services.notify.handlers.own_codes import tell_own_code
from services.notify.handlers.queueing import House
from services.notify.handlers.reading import Reader, Shown, read_messages
from services.notify.repository.messages import Wanted

__all__ = [
    "DutyRules",
    "House",
    "Post",
    "Reader",
    "Shown",
    "Wanted",
    "confirm_registrations",
    "deliver_due",
    "erase_case",
    "hear_complaint",
    "invite_to_rate",
    "leave_to_origin",
    "list_phone",
    "read_messages",
    "readdress_case",
    "ring_due",
    "ring_for",
    "send_contact_code",
    "send_one_time_code",
    "tell_appeal_decided",
    "tell_appealed",
    "tell_declined",
    "tell_dispatched",
    "tell_dispatched_elsewhere",
    "tell_handed_over",
    "tell_helper",
    "tell_joined",
    "tell_materials",
    "tell_materials_elsewhere",
    "tell_meeting",
    "tell_meetings_elsewhere",
    "tell_moved",
    "tell_old_telephone",
    "tell_outside",
    "tell_own_code",
    "tell_promises",
    "tell_renewed",
    "tell_reopened",
    "tell_result",
    "tell_split",
    "tell_taken_back",
    "tell_tracked",
    "tell_withdrawn",
]
