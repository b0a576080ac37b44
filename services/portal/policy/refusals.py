"""Why the rules of accounts say no; every member has its sentence at the edge."""

from enum import StrEnum


class Refusal(StrEnum):
    """A stable code for programs."""

    PASSWORD_TOO_SHORT = "password_too_short"  # noqa: S105  # codes, no secrets
    PASSWORD_REUSED = "password_reused"  # noqa: S105
    PASSWORD_SITE_WORD = "password_site_word"  # noqa: S105
    PASSWORD_COMMON = "password_common"  # noqa: S105
    PASSWORD_PATTERN = "password_pattern"  # noqa: S105
    PASSWORD_DATE = "password_date"  # noqa: S105
    PASSWORD_WEAK = "password_weak"  # noqa: S105
    ALREADY_ANSWERED = "already_answered"
    RESET_EXPIRED = "reset_expired"
    NO_LOGIN = "sso_no_login"
    NO_ROLE = "sso_no_role"
    NO_SECOND_FACTOR = "sso_second_factor"
    OWN_PROPOSAL = "own_proposal"
    NOT_FOR_ONESELF = "not_for_oneself"
