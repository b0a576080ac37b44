"""sla keeps the promise in time: it starts, shows and stops the clocks of every case.

Hears   dispatch.case_finished.v1, dispatch.case_handed_over.v1, dispatch.case_joined.v1, dispatch.case_pooled.v1, dispatch.case_tracked.v1, dispatch.contact_logged.v1, dispatch.extension_decided.v1, dispatch.hand_over_answered.v1, dispatch.hand_over_offered.v1, dispatch.materials_asked.v1, dispatch.materials_received.v1, dispatch.meeting_called.v1, dispatch.meeting_cancelled.v1, dispatch.meeting_held.v1, dispatch.order_dispatched.v1, dispatch.order_finished.v1, dispatch.order_returned.v1, dispatch.order_signed.v1, dispatch.part_answered.v1, dispatch.part_declined.v1, dispatch.part_dissented.v1, dispatch.part_opened.v1, dispatch.part_withdrawn.v1, dispatch.tracking_reported.v1, intake.case_accepted.v1, intake.case_erased.v1, intake.case_withdrawn.v1, intake.complaint_marked.v1, link.node_fact_relayed.v1, notify.message_delivered.v1, review.case_reopened.v1, review.supervision_answered.v1, review.supervision_ordered.v1, review.supervision_reached.v1
Says    sla.clock_paused.v1, sla.clock_resumed.v1, sla.clock_started.v1, sla.clock_stopped.v1, sla.deadline_missed.v1, sla.due_date_moved.v1, sla.lamp_changed.v1, sla.meeting_near.v1, sla.notice_signed.v1, sla.step_taken.v1, sla.term_near.v1, sla.term_over.v1, sla.worked_year_told.v1
Owns    the PostgreSQL schema `sla`: one row per clock, with its explained due date; the notices of the working calendar; versions of the limits and their replays; the steps that followed from limits
Decides when each promise ends, which lamp shows it, what counts as missed, and what follows (`policy`)

Read `service` for what wakes it, `handlers` for what it then does, `policy` for why.
"""  # noqa: E501
