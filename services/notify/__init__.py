"""notify tells people what happens to their case: one message for each fact, never two.

Hears   dispatch.case_finished.v1, dispatch.case_handed_over.v1, dispatch.case_tracked.v1, dispatch.materials_asked.v1, dispatch.meeting_called.v1, dispatch.meeting_cancelled.v1, dispatch.meeting_reminded.v1, dispatch.order_dispatched.v1, dispatch.outside_message_made.v1, intake.appeal_decided.v1, intake.case_amended.v1, intake.case_declined.v1, intake.case_erased.v1, intake.case_grouped.v1, intake.case_registered.v1, intake.case_split.v1, intake.case_withdrawn.v1, intake.complaint_marked.v1, intake.contact_changed.v1, intake.contact_code_made.v1, intake.decline_appealed.v1, intake.helper_assigned.v1, intake.one_time_code_made.v1, intake.own_code_renewed.v1, intake.query_code_renewed.v1, intake.withdrawal_taken_back.v1, link.case_received.v1, link.fact_relayed.v1, portal.unit_told.v1, review.case_reopened.v1, review.evaluation_invited.v1, sla.clock_started.v1, sla.due_date_moved.v1
Says    notify.duty_phone_listed.v1, notify.message_delivered.v1, notify.message_failed.v1
Owns    the PostgreSQL schema `notify`: whom to tell (sealed), messages, duty telephones and what they are told, the embedded handset
Decides by which way a person can be told, when a failed message is tried again, when duty telephones are silent (`policy`)

Read `service` for what wakes it, `handlers` for what it then does, `policy` for why.
"""  # noqa: E501
