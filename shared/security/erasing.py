"""What of a fact remains when the personal data of its case are erased, wherever it lies as JSON.

Masked text is not anonymous: place, matter and a surname may still name somebody (个人信息保护法
73 (4)), so it goes as well. What remains are numbers, codes, times and outcomes. It is a
function of PostgreSQL, because the journal and other insert-only rows are rewritten by it too.
"""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, case, cast, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB

ERASED = "个人信息已按规定清除"
"""Stands where a masked text stood."""

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
"""Also what officers wrote, and an item in a person's own words."""

ERASING_FUNCTIONS = (REDACTED,)


def redacted(json: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return what remains of a JSON value."""
    return func.vault.redacted(cast(json, JSONB), type_=JSONB)


def redacted_text(db: Connection, json: str) -> str:
    """Return what remains of a JSON document."""
    return str(db.scalar(select(cast(redacted(literal(json)), Text))))


def worded(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return what stands in a column of masked text afterwards; where nothing stood, nothing."""
    return case((func.coalesce(column, "") == "", column), else_=ERASED)
