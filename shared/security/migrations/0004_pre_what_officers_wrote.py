"""what officers wrote goes whole."""

import sqlalchemy as sa
from alembic import op

revision = "0004_pre"
down_revision = "0003_pre"
branch_labels = None
depends_on = None

REDACTED = """
CREATE OR REPLACE FUNCTION vault.redacted(told jsonb)
RETURNS jsonb LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
BEGIN
    IF jsonb_typeof(told) = 'array' THEN
        RETURN COALESCE((
            SELECT jsonb_agg(vault.redacted(each) ORDER BY place)
            FROM jsonb_array_elements(told) WITH ORDINALITY AS e(each, place)
        ), '[]');
    ELSIF jsonb_typeof(told) <> 'object' THEN
        RETURN told;
    ELSIF told ?& ARRAY['key_id', 'field', 'data'] THEN
        RETURN told || jsonb_build_object(
            'key_id', '00000000-0000-0000-0000-000000000000', 'data', '', 'algorithm', 'withheld'
        );
    END IF;
    RETURN COALESCE((
        SELECT jsonb_object_agg(name, CASE
            WHEN name = 'item_name' AND COALESCE(told ->> 'item_code', '') = '' THEN 'null'
            WHEN jsonb_typeof(value) <> 'string' THEN vault.redacted(value)
            WHEN right(name, 5) = '_hash' OR name IN ('masked_name', 'masked_phone') THEN '""'
            WHEN value = '""' THEN value
            WHEN right(name, 7) = '_masked'
                OR name IN ('because', 'explanation', 'legal_basis', 'guide_to')
                THEN to_jsonb('个人信息已按规定清除'::text)
            ELSE value
        END)
        FROM jsonb_each(told) AS e(name, value)
    ), '{}');
END $$
"""
BEFORE = REDACTED.replace(", 'legal_basis', 'guide_to'", "")


def upgrade() -> None:
    op.execute(sa.DDL(REDACTED.replace("%", "%%")))


def downgrade() -> None:
    op.execute(sa.DDL(BEFORE.replace("%", "%%")))
