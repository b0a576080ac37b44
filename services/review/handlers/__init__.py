"""What review does when it is woken or asked: one module for each use case."""

from services.review.handlers.complaint import hear_complaint
from services.review.handlers.erase import erase_case
from services.review.handlers.evaluations import (
    Answer,
    Rated,
    close_unanswered,
    invite,
    know_cases,
    rate,
)
from services.review.handlers.guide import Guiding, give_guidance
from services.review.handlers.hear_leads import hear_node_fact
from services.review.handlers.house import House
from services.review.handlers.leads import (
    Answering,
    Noting,
    Routing,
    add_to_lead,
    answer_lead,
    hear_unit,
    note_lead,
    route_lead,
)
from services.review.handlers.neighbour import hear_neighbour, take_here
from services.review.handlers.supervise import (
    Ordering,
    answer_supervision,
    order_supervision,
    read_supervision,
)

__all__ = [
    "Answer",
    "Answering",
    "Guiding",
    "House",
    "Noting",
    "Ordering",
    "Rated",
    "Routing",
    "add_to_lead",
    "answer_lead",
    "answer_supervision",
    "close_unanswered",
    "erase_case",
    "give_guidance",
    "hear_complaint",
    "hear_neighbour",
    "hear_node_fact",
    "hear_unit",
    "invite",
    "know_cases",
    "note_lead",
    "order_supervision",
    "rate",
    "read_supervision",
    "route_lead",
    "take_here",
]
