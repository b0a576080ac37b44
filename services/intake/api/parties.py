"""The parties of a case over HTTP: who they do not want to be known to."""

from fastapi import APIRouter

from services.intake import handlers
from services.intake.api.answers import WrittenAnswer
from services.intake.api.cases import IntakeDoor, Number
from services.intake.api.reached import looked_up_to_act
from services.intake.handlers import Caller
from services.intake.repository.cases import version_of
from shared.http import ApiRoute, Who
from shared.http.demands import demands
from shared.security.policy import Action

router = APIRouter(route_class=ApiRoute)


@router.post("/cases/{number}/withhold")
@demands(Action.NAME_WITHHOLD)
def withhold_name(number: Number, door: IntakeDoor, actor: Who) -> WrittenAnswer:
    """Withhold who reported from who works on the case; said again it changes nothing."""
    with door.unit.begin() as work:
        look = looked_up_to_act(work, door, actor, number, Action.NAME_WITHHOLD)
        case_id = look.case.case_id
        handlers.withhold_name(work.db, door.keys, look.case, Caller(actor, door.now()))
        work.speak()
        version = work.versions.get(case_id) or version_of(work.db, case_id)
        return WrittenAnswer(case_id=case_id, version=version)
