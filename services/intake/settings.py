"""What an operator may change about intake."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from services.intake.handlers.lost_code import CodeHouse
from services.intake.policy.appeals import AppealTerms
from services.intake.policy.files import AttachmentLimits
from services.intake.policy.guesses import GuessLimits
from services.intake.policy.looks import Limit, LookLimits
from services.intake.policy.lost_codes import LostCodeRules
from services.intake.policy.retention import DataClass, Keeping
from services.intake.policy.uploads import UploadRules
from services.intake.policy.urging import UrgeRules
from shared.security.sealing import NodeKeys


class Settings(BaseModel):
    """Read once at start-up; a malformed value stops it there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    wrong_codes_per_number: int = Field(
        default=5, ge=1, description="Wrong query codes for one number before it must wait."
    )
    wrong_codes_per_address: int = Field(
        default=20, ge=1, description="Wrong query codes from one address before it must wait."
    )
    wrong_code_minutes: int = Field(
        default=15, ge=1, description="Minutes in which wrong query codes are counted together."
    )

    lost_code_asks_per_phone: int = Field(
        default=3, ge=1, description="One-time codes for one telephone before it must wait."
    )
    lost_code_asks_per_number: int = Field(
        default=3, ge=1, description="One-time codes for one case number before it must wait."
    )
    lost_code_asks_per_address: int = Field(
        default=20, ge=1, description="One-time codes asked for from one address before it waits."
    )
    lost_code_ask_minutes: int = Field(
        default=60, ge=1, description="Minutes in which asking for codes is counted together."
    )
    lost_code_minutes: int = Field(
        default=10, ge=1, le=60, description="A one-time code is over after so many minutes."
    )
    lost_code_tries: int = Field(
        default=5, ge=1, le=20, description="Tries that one one-time code allows."
    )
    lost_code_open_minutes: int = Field(
        default=30, ge=1, description="The right one-time code opens the cases for so long."
    )

    @property
    def lost_code_rules(self) -> LostCodeRules:
        """The rules for one-time codes in the words of the policy."""
        return LostCodeRules(
            per_phone=self.lost_code_asks_per_phone,
            per_number=self.lost_code_asks_per_number,
            per_address=self.lost_code_asks_per_address,
            window=timedelta(minutes=self.lost_code_ask_minutes),
            life=timedelta(minutes=self.lost_code_minutes),
            tries=self.lost_code_tries,
            open_for=timedelta(minutes=self.lost_code_open_minutes),
        )

    def code_house(self, node: str, keys: NodeKeys) -> CodeHouse:
        """Return what of the node one-time codes depend on."""
        return CodeHouse(node, keys, self.lost_code_rules, self.guess_limits)

    keep_closed_days: int = Field(
        default=1825,
        ge=1,
        description="Days after its end that the person of a closed case is kept.",
    )
    keep_declined_days: int = Field(
        default=730,
        ge=1,
        description="Days after it was declined that the person of a case is kept.",
    )
    acknowledge_hours: int = Field(
        default=72,
        ge=1,
        description="Hours in which another node must acknowledge an erasure or correction.",
    )

    @property
    def keeping(self) -> Keeping:
        """How long each class is kept, in the words of the policy."""
        return {
            DataClass.CLOSED: timedelta(days=self.keep_closed_days),
            DataClass.DECLINED: timedelta(days=self.keep_declined_days),
        }

    @property
    def patience(self) -> timedelta:
        """How long another node may take to carry an order out."""
        return timedelta(hours=self.acknowledge_hours)

    appeal_within_days: int = Field(
        default=30, ge=1, description="Days after a no in which the person may appeal, once."
    )
    appeal_decided_days: int = Field(
        default=5, ge=1, description="Days in which a supervisor decides about an appeal."
    )

    @property
    def appeal_terms(self) -> AppealTerms:
        """The terms of appeals in the words of the policy."""
        return AppealTerms(
            within=timedelta(days=self.appeal_within_days),
            decided_within=timedelta(days=self.appeal_decided_days),
        )

    attachment_megabytes: int = Field(
        default=20, ge=1, le=100, description="The largest file that a case takes, in MB."
    )
    attachments_per_case: int = Field(
        default=9, ge=1, description="How many files a case takes, whoever adds them."
    )
    picture_megapixels: int = Field(
        default=50, ge=1, le=200, description="The largest picture that is opened, in megapixels."
    )

    upload_hours: int = Field(
        default=24,
        ge=1,
        le=168,
        description="A file of which a part has come waits so many hours for the rest.",
    )

    @property
    def upload_rules(self) -> UploadRules:
        """What may come in pieces, in the words of the policy."""
        limits = self.attachment_limits
        return UploadRules(limits.bytes, limits.per_case, timedelta(hours=self.upload_hours))

    file_patience_minutes: int = Field(
        default=5,
        ge=1,
        description="A file of a neighbour of which nothing comes for so many minutes is asked "
        "for again; each time it waits twice as long, but never longer than six hours.",
    )

    @property
    def file_patience(self) -> timedelta:
        """How long a file of a neighbour may stand still before it is asked for again."""
        return timedelta(minutes=self.file_patience_minutes)

    @property
    def attachment_limits(self) -> AttachmentLimits:
        """The limits on files in plain numbers."""
        return AttachmentLimits(
            bytes=self.attachment_megabytes * 1_000_000,
            per_case=self.attachments_per_case,
            pixels=self.picture_megapixels * 1_000_000,
        )

    urge_hours: int = Field(
        default=24, ge=1, le=720, description="Hours after an urge before there may be another."
    )
    urges_often: int = Field(
        default=3, ge=1, description="So many urges in a round are shown to those who lead."
    )

    take_back_days: int = Field(
        default=7,
        ge=1,
        le=60,
        description="Days in which a person who withdrew a case may change their mind, once.",
    )

    @property
    def take_back_term(self) -> timedelta:
        """How long a withdrawal may be taken back."""
        return timedelta(days=self.take_back_days)

    pressed_days: int = Field(
        default=30,
        ge=1,
        le=365,
        description="Days in which one who says to be pressed may take a withdrawal back.",
    )

    @property
    def pressed_term(self) -> timedelta:
        """The same for who was asked to withdraw; nobody else is told."""
        return timedelta(days=self.pressed_days)

    additions_per_day: int = Field(
        default=20, ge=1, description="How often a case takes further words in a day."
    )

    @property
    def urge_rules(self) -> UrgeRules:
        """How urges count, in the words of the policy."""
        return UrgeRules(timedelta(hours=self.urge_hours), self.urges_often)

    looks_per_hour: int = Field(
        default=40, ge=1, description="Persons that one account may see in the clear in an hour."
    )
    looks_per_day: int = Field(
        default=200, ge=1, description="Persons that one account may see in the clear in a day."
    )
    searches_per_hour: int = Field(
        default=120, ge=1, description="Searches by name, phone or number of one account an hour."
    )
    searches_per_day: int = Field(
        default=600, ge=1, description="Searches by name, phone or number of one account a day."
    )

    @property
    def look_limits(self) -> LookLimits:
        """The limits on looks and searches in the words of the policy."""
        return LookLimits(
            looks=Limit(self.looks_per_hour, self.looks_per_day),
            searches=Limit(self.searches_per_hour, self.searches_per_day),
        )

    @property
    def guess_limits(self) -> GuessLimits:
        """The limits on guessing in the words of the policy."""
        return GuessLimits(
            per_number=self.wrong_codes_per_number,
            per_address=self.wrong_codes_per_address,
            window=timedelta(minutes=self.wrong_code_minutes),
        )
