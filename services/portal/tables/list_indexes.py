"""The indexes behind the lists of cases: one each, in the order in which it is read."""

from sqlalchemy import Index, Table, and_, not_, or_


def index_lists(table: Table) -> None:
    """Declare them on the table of cases, each only over what its list shows."""
    c = table.c
    owed = or_(c.is_open, c.is_away)
    for name, columns, where in (
        ("open", (c.sort_at,), c.is_open),
        ("of_unit", (c.unit_code, c.sort_at), c.is_open),
        ("red_of_unit", (c.unit_code, c.sort_at), and_(c.is_open, c.lamp == "red")),
        ("in_status", (c.status, c.sort_at), c.is_open),
        ("pooled", (c.sort_at,), and_(c.is_open, c.status.in_(("pooled", "returned")))),
        ("with_lamp", (c.lamp, c.sort_at), c.is_open),
        ("awaited", (c.sort_at,), c.is_awaited),
        ("at_rest", (c.sort_at,), c.is_at_rest),
        ("registered", (c.registered_at,), c.is_ours),
        ("awaited_of_unit", (c.unit_code, c.sort_at), c.is_awaited),
        ("at_rest_of_unit", (c.unit_code, c.sort_at), c.is_at_rest),
        ("registered_of_unit", (c.unit_code, c.registered_at), c.is_ours),
        ("incoming", (c.incoming_at,), c.incoming_at.is_not(None)),
        ("away", (c.sort_at,), c.is_away),
        ("below", (c.sort_at,), c.is_below),
        ("below_at", (c.holder, c.sort_at), c.is_below),
        ("reported", (c.reported_at,), and_(c.is_below, c.reported_at.is_not(None))),
        ("supervised", (c.supervised_until,), c.supervised_until.is_not(None)),
        ("extension", (c.extension_at,), c.extension_at.is_not(None)),
        ("consent", (c.consent_at,), c.consent_at.is_not(None)),
        ("escalated", (c.escalated_at,), c.escalated_at.is_not(None)),
        ("arbitrating", (c.arbitrating_at,), c.arbitrating_at.is_not(None)),
        ("overridden", (c.overridden_at,), c.overridden_at.is_not(None)),
        ("bulletin", (c.bulletin_at,), and_(c.bulletin_at.is_not(None), not_(c.is_at_rest))),
        ("raising", (c.raising_at,), and_(c.raising_at.is_not(None), c.is_open)),
        ("callback", (c.unit_code, c.callback_at), c.callback_at.is_not(None)),
        ("centre_callback", (c.centre_callback_at,), c.centre_callback_at.is_not(None)),
        ("urged", (c.urges,), and_(owed, c.urges.is_not(None))),
        ("withdrawn", (c.withdrawn_at,), c.status == "withdrawn"),
        ("pressed", (c.pressed_at,), and_(c.pressed_at.is_not(None), c.closed_at.is_(None))),
        ("urged_often", (c.urged_often_at,), and_(owed, c.urged_often_at.is_not(None))),
        ("registered_of_item", (c.item_code, c.registered_at), c.is_ours),
        ("registered_in_region", (c.region, c.registered_at), c.is_ours),
        ("registered_by_channel", (c.channel, c.registered_at), c.is_ours),
        (
            "registered_in_status",
            (c.status, c.registered_at),
            and_(c.is_ours, c.status.not_in(("closed", "declined"))),
        ),
    ):
        Index(f"ix_cases_{name}", *columns, c.case_id, postgresql_where=where)
