"""The fields of channels as the register page shows them, with sample data."""

from services.intake.api.channels import ChannelAnswer
from services.intake.policy.channels import CHANNEL_ROWS
from services.portal.pages.channel_forms import ChannelForm
from shared.events.words import Channel
from shared.security.actor import anonymous

SHOWN = (Channel.WINDOW, Channel.HOTLINE, Channel.VIDEO, Channel.GRID)
FORMS = [
    ChannelForm.model_validate(
        ChannelAnswer.of(channel, CHANNEL_ROWS[channel], anonymous("341523"), 0).model_dump()
    )
    for channel in SHOWN
]
