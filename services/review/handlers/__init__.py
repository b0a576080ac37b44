"""What review does when it is woken or asked: one module for each use case."""

from services.review.handlers.callbacks import Calling, record_callback
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
from services.review.handlers.neighbour import hear_neighbours, take_here
from services.review.handlers.precedents import (
    Drafting,
    check_precedent,
    count_avoided,
    discard_draft,
    draft_precedent,
    is_hidden,
    publish_precedent,
    revise_precedent,
    withdraw_precedent,
    works_on_it,
)
from services.review.handlers.precedents_told import hear_precedent
from services.review.handlers.slips import give_slip
from services.review.handlers.supervise import (
    Ordering,
    answer_supervision,
    complains_of,
    order_supervision,
    read_supervision,
)
from services.review.handlers.withdrawn import (
    close_withdrawn,
    hear_pressure,
    hear_taken_back,
    hear_withdrawn,
)

__all__ = [
    "Answer",
    "Answering",
    "Calling",
    "Drafting",
    "Guiding",
    "House",
    "Noting",
    "Ordering",
    "Rated",
    "Routing",
    "add_to_lead",
    "answer_lead",
    "answer_supervision",
    "check_precedent",
    "close_unanswered",
    "close_withdrawn",
    "complains_of",
    "count_avoided",
    "discard_draft",
    "draft_precedent",
    "erase_case",
    "give_guidance",
    "give_slip",
    "hear_complaint",
    "hear_neighbours",
    "hear_node_fact",
    "hear_precedent",
    "hear_pressure",
    "hear_taken_back",
    "hear_unit",
    "hear_withdrawn",
    "invite",
    "is_hidden",
    "know_cases",
    "note_lead",
    "order_supervision",
    "publish_precedent",
    "rate",
    "read_supervision",
    "record_callback",
    "revise_precedent",
    "route_lead",
    "take_here",
    "withdraw_precedent",
    "works_on_it",
]
