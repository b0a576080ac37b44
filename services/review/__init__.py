"""review asks the person whether it was really solved, and acts on the answer.

Hears   dispatch.case_finished.v1, intake.case_registered.v1
Says    review.case_closed.v1, review.case_reopened.v1, review.evaluation_invited.v1, review.evaluation_received.v1
Owns    the PostgreSQL schema `review`: one row per case and one per evaluation
Decides which reasons fit a level, and whether a case is closed or opened again (`policy`)

Read `service` for what wakes it, `handlers` for what it then does, `policy` for why.
"""  # noqa: E501
