"""who was told no is counted by the ground, and matters of nobody apart."""

from alembic import op

revision = "0045_pre"
down_revision = "0043_pre"
branch_labels = None
depends_on = None

DECLINED = """
CREATE TEMPORARY TABLE told_no ON COMMIT DROP AS
SELECT to_char(registered_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') AS month,
       decline_reason AS ground, coalesce(item_code, '') AS item,
       least(coalesce(attempts, 0), 20) AS tries, round > 1 AS again
FROM portal.cases
WHERE is_ours AND status = 'declined' AND decline_reason IS NOT NULL
"""
ADDED = """
INSERT INTO portal.counts (dimension, key, n)
SELECT 'guided', month || ' ' || ground, count(*) FROM told_no GROUP BY 2
ON CONFLICT (dimension, key) DO UPDATE SET n = counts.n + excluded.n
"""
APART = """
UPDATE portal.counts SET n = counts.n - apart.n
FROM (
    SELECT kind, month || ' ' || item AS key, sum(n) AS n
    FROM told_no
    CROSS JOIN LATERAL (
        VALUES ('item_cases', 1), ('item_tries', tries), ('item_again', again::int)
    ) AS adds (kind, n)
    WHERE ground = 'non_government' GROUP BY 1, 2
) AS apart
WHERE counts.dimension = apart.kind AND counts.key = apart.key
"""


def upgrade() -> None:
    for statement in (DECLINED, ADDED, APART):
        op.execute(statement)


def downgrade() -> None:
    op.execute(DECLINED)
    op.execute(APART.replace("counts.n - apart.n", "counts.n + apart.n"))
    op.execute("DELETE FROM portal.counts WHERE dimension = 'guided'")
