"""dispatch finds the right unit for every case and holds it to its order until the result.

Hears   intake.case_accepted.v1, intake.case_amended.v1, intake.case_erased.v1, intake.case_grouped.v1, intake.case_ungrouped.v1, intake.complaint_marked.v1, intake.materials_answered.v1, link.custody_heard.v1, link.fact_relayed.v1, link.node_fact_relayed.v1, review.case_reopened.v1, sla.clock_started.v1, sla.due_date_moved.v1, sla.term_near.v1, sla.term_over.v1
Says    dispatch.arbitration_decided.v1, dispatch.arbitration_opened.v1, dispatch.case_finished.v1, dispatch.case_handed_over.v1, dispatch.case_joined.v1, dispatch.case_pooled.v1, dispatch.case_reported_up.v1, dispatch.contact_logged.v1, dispatch.custody_told.v1, dispatch.duty_gap_ended.v1, dispatch.duty_gap_found.v1, dispatch.extension_asked.v1, dispatch.extension_decided.v1, dispatch.hand_over_answered.v1, dispatch.hand_over_offered.v1, dispatch.hand_over_withdrawn.v1, dispatch.item_listed.v1, dispatch.item_shared.v1, dispatch.materials_asked.v1, dispatch.materials_received.v1, dispatch.opinion_given.v1, dispatch.order_dispatched.v1, dispatch.order_finished.v1, dispatch.order_returned.v1, dispatch.order_signed.v1, dispatch.search_escalated.v1, dispatch.search_taken.v1, dispatch.unit_listed.v1, dispatch.work_logged.v1
Owns    the PostgreSQL schema `dispatch`: cases to place and whom they complain of, orders, contacts, hand-overs, units, items, place rules, versions of the dispatch catalogue with their replays, the authority table, items of the tiers above, the duty rota
Decides which unit gets a case, which step of an order may follow, who holds a case among nodes, when it is finished, who is on duty (`policy`)

Read `service` for what wakes it, `handlers` for what it then does, `policy` for why.
"""  # noqa: E501
