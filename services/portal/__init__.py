"""portal shows people what the services said: lists, case pages and boards, and who may sign in.

Hears   dispatch.case_finished.v1, dispatch.case_pooled.v1, dispatch.contact_logged.v1, dispatch.item_listed.v1, dispatch.order_dispatched.v1, dispatch.order_finished.v1, dispatch.order_returned.v1, dispatch.order_signed.v1, dispatch.unit_listed.v1, intake.case_accepted.v1, intake.case_declined.v1, intake.case_registered.v1, notify.message_delivered.v1, notify.message_failed.v1, review.case_closed.v1, review.case_reopened.v1, review.evaluation_invited.v1, review.evaluation_received.v1, sla.clock_resumed.v1, sla.clock_started.v1, sla.clock_stopped.v1, sla.deadline_missed.v1, sla.lamp_changed.v1
Says    nothing
Owns    the PostgreSQL schema `portal`: the journal of all events, the projection built from it, accounts and sessions
Decides which status is shown, what is counted, how long a sign-in holds (`policy`)

Read `service` for what wakes it, `handlers` for what it then does, `policy` for why.
"""  # noqa: E501
