"""Short messages that came in: what a gateway hands on becomes a case, once for each message.

A message has a sender and a text and nothing else: the place is the node's own, the title the
first sentence, and who it is is asked by telephone. Number and query code go back by message, as
after every registration.
"""

import re
from datetime import datetime

from fastapi import APIRouter, Response

from services.intake.api.answers import RegisteredAnswer
from services.intake.api.bodies import Body, Phone, ReportBody
from services.intake.api.cases import IntakeDoor, take_down
from services.intake.api.channel_bodies import OutsideId
from shared.events.words import Channel
from shared.http import ApiRoute, IdempotencyKey, LongText, Who
from shared.http.demands import demands
from shared.security.policy import Action

router = APIRouter(route_class=ApiRoute)

NOT_YET_NAMED = "短信来件人"
LONGEST_TITLE = 40
SENTENCE = re.compile(r"[^。！？!?；;\n]+")


class SmsBody(Body):
    """A message that came in, parts put together: its id at the gateway, from whom, what."""

    message_id: OutsideId
    sender: Phone
    text: LongText

    def report(self, region: str, received_at: datetime | None = None) -> ReportBody:
        """Return the report that the message makes."""
        sentences = (_on_a_line(each) for each in SENTENCE.findall(self.text))
        title = next(filter(None, sentences), _on_a_line(self.text))
        return ReportBody.model_validate(
            {
                "region": region,
                "channel": Channel.SMS,
                "channel_fields": {"message_id": self.message_id},
                "reporter": {"kind": "person", "name": NOT_YET_NAMED, "phone": self.sender},
                "title": title[:LONGEST_TITLE],
                "text": self.text,
                "received_at": received_at,
            }
        )


def _on_a_line(text: str) -> str:
    return " ".join(text.split())


@router.post("/sms", status_code=201)
@demands(Action.CASE_REGISTER)
def take_message(
    body: SmsBody, door: IntakeDoor, actor: Who, response: Response, key: IdempotencyKey = None
) -> RegisteredAnswer:
    """Take a message down as a case; 200 with the case that is there if it came before."""
    answer = take_down(body.report(door.node.code), door, actor, key)
    if answer.query_code is None:
        response.status_code = 200
    return answer
