"""intake is the one door for reports: it takes each down once, tests its scope and shows its way.

Hears   dispatch.case_finished.v1, dispatch.case_handed_over.v1, dispatch.case_pooled.v1, dispatch.case_tracked.v1, dispatch.contact_logged.v1, dispatch.item_listed.v1, dispatch.materials_asked.v1, dispatch.materials_received.v1, dispatch.meeting_called.v1, dispatch.meeting_cancelled.v1, dispatch.meeting_held.v1, dispatch.minutes_confirmed.v1, dispatch.order_dispatched.v1, dispatch.order_finished.v1, dispatch.order_returned.v1, dispatch.order_signed.v1, dispatch.outside_asked.v1, dispatch.outside_ended.v1, dispatch.part_answered.v1, dispatch.part_opened.v1, dispatch.part_withdrawn.v1, dispatch.unit_listed.v1, link.case_received.v1, link.fact_relayed.v1, link.order_passed_on.v1, link.pieces_arrived.v1, review.case_closed.v1, review.case_reopened.v1, review.evaluation_invited.v1, review.evaluation_received.v1, sla.clock_resumed.v1, sla.clock_started.v1, sla.clock_stopped.v1, sla.due_date_moved.v1, sla.lamp_changed.v1
Says    intake.case_accepted.v1, intake.case_amended.v1, intake.case_declined.v1, intake.case_erased.v1, intake.case_grouped.v1, intake.case_held.v1, intake.case_registered.v1, intake.case_ungrouped.v1, intake.complaint_marked.v1, intake.file_added.v1, intake.file_asked.v1, intake.file_offered.v1, intake.file_settled.v1, intake.hold_released.v1, intake.materials_answered.v1, intake.one_time_code_made.v1, intake.query_code_renewed.v1
Owns    the PostgreSQL schema `intake`: cases as told (sealed), what was heard of each, codes, files
Decides whether a report is accepted at once or an officer looks, and what a person sees (`policy`)

Read `api` for the door, `handlers` for what it does, `policy` for why, `service` for what it hears.
"""  # noqa: E501
