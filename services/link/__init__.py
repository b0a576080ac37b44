"""link joins this node to those next to it: what happens to a case here is known there, and back.

Hears   dispatch.case_finished.v1, dispatch.case_handed_over.v1, dispatch.case_pooled.v1, dispatch.case_reported_up.v1, dispatch.contact_logged.v1, dispatch.custody_told.v1, dispatch.hand_over_answered.v1, dispatch.hand_over_offered.v1, dispatch.hand_over_withdrawn.v1, dispatch.order_dispatched.v1, dispatch.order_finished.v1, dispatch.order_returned.v1, dispatch.order_signed.v1, intake.case_accepted.v1, intake.case_amended.v1, intake.case_declined.v1, intake.case_erased.v1, intake.case_registered.v1, intake.complaint_marked.v1, intake.file_added.v1, intake.file_asked.v1, intake.file_offered.v1, intake.file_settled.v1, link.parcel_arrived.v1, portal.day_counted.v1, review.case_closed.v1, review.case_reopened.v1, review.evaluation_invited.v1, review.evaluation_received.v1, review.guidance_given.v1, review.supervision_answered.v1, review.supervision_ordered.v1, review.supervision_reached.v1, review.supervision_read.v1, sla.clock_resumed.v1, sla.clock_started.v1, sla.clock_stopped.v1, sla.deadline_missed.v1, sla.lamp_changed.v1
Says    link.anchor_contradicted.v1, link.case_received.v1, link.custody_heard.v1, link.disclosure_set.v1, link.fact_relayed.v1, link.node_fact_relayed.v1, link.order_passed_on.v1, link.parcel_arrived.v1, link.pieces_arrived.v1
Owns    the PostgreSQL schema `link`: the masked facts of each case, parcels to and from neighbours, the state of each link, the anchors of audits, what the tier above may see, facts about nodes
Decides which neighbour hears of a fact, and in which order a neighbour's parcels count (`policy`)

Read `service` for what wakes it, `handlers` for what it then does, `policy` for why.
"""  # noqa: E501
