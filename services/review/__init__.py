"""review asks the person whether it was really solved, and a unit or a tier below what keeps a case.

Hears   dispatch.case_finished.v1, dispatch.hand_over_answered.v1, dispatch.unit_listed.v1, intake.case_erased.v1, intake.case_registered.v1, intake.case_withdrawn.v1, intake.complaint_marked.v1, intake.pressure_told.v1, intake.withdrawal_taken_back.v1, link.fact_relayed.v1, link.node_fact_relayed.v1, sla.step_taken.v1
Says    review.callback_made.v1, review.case_closed.v1, review.case_reopened.v1, review.evaluation_invited.v1, review.evaluation_received.v1, review.guidance_given.v1, review.lead_answered.v1, review.lead_raised.v1, review.precedent_published.v1, review.precedent_withdrawn.v1, review.report_avoided.v1, review.supervision_answered.v1, review.supervision_ordered.v1, review.supervision_reached.v1, review.supervision_read.v1
Owns    the PostgreSQL schema `review`: cases with their evaluations, who has each, supervisions, leads, whom one may advise, the case library
Decides which reasons fit a level, what follows from an answer, whom a tier may supervise, how a lead ends, which precedent fits (`policy`)

Read `service` for what wakes it, `handlers` for what it then does, `policy` for why.
"""  # noqa: E501
