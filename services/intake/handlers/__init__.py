"""What intake does when it is woken or asked: one module for each use case."""

from services.intake.handlers.accept import Acceptance, accept_case
from services.intake.handlers.add import Adding, add_information
from services.intake.handlers.adopting import adopt_shared
from services.intake.handlers.agency import Agency, change_authority
from services.intake.handlers.answer_now import AnsweringNow
from services.intake.handlers.appeal import Appealing, Deciding, appeal_decline, decide_appeal
from services.intake.handlers.attach import Prepared, attach, prepare, without_place
from services.intake.handlers.attached import (
    Listed,
    Looker,
    OpenedFile,
    Wanted,
    list_attachments,
    open_attachment,
    wait_for_files,
)
from services.intake.handlers.benchmark import (
    BenchmarkCorrection,
    BenchmarkNote,
    correct_benchmark,
    note_benchmark,
    withdraw_benchmark,
)
from services.intake.handlers.benchmark_confirm import confirm_benchmark
from services.intake.handlers.benchmark_seen import benchmarks_beside
from services.intake.handlers.benchmark_told import hear_benchmark, tell_untold
from services.intake.handlers.care import change_care
from services.intake.handlers.claim import Claim, Knock, claim_case, forget_old_counts
from services.intake.handlers.coming import ask_again, hear_of_file, retry_given_up, take_pieces
from services.intake.handlers.complaint import Account, Named, mark_complained_of
from services.intake.handlers.contact import (
    ContactAsking,
    Proving,
    ask_contact,
    prove_contact,
    told_party,
)
from services.intake.handlers.correction import (
    Correcting,
    approve_correction,
    as_look,
    ask_correction,
    refuse_correction,
)
from services.intake.handlers.decline import Declining, decline_case
from services.intake.handlers.erasure import (
    ErasureAsking,
    approve_erasure,
    ask_erasure,
    ask_for_due,
    erase_again,
    refuse_erasure,
)
from services.intake.handlers.find import (
    TooOften,
    count_to_rehash,
    find_cases,
    rehash_persons,
)
from services.intake.handlers.follow import FOLLOWED, follow, follow_relayed
from services.intake.handlers.grouping import GroupAsking, group_case, lock_both, ungroup_case
from services.intake.handlers.helper import Helping, assign_helper
from services.intake.handlers.holds import Holding, hold_case, release_case
from services.intake.handlers.leaving import leave_case
from services.intake.handlers.listing import list_item, list_unit
from services.intake.handlers.look import Look, look_at_all, look_up
from services.intake.handlers.lost_code import (
    Asked,
    Asking,
    CodeHouse,
    ask_code,
    forget_old_asks,
    send_codes,
)
from services.intake.handlers.materials import Answering, answer_materials
from services.intake.handlers.neighbours import hear_neighbours
from services.intake.handlers.offering import FileHouse, give_to_takers, is_withheld
from services.intake.handlers.once import KnownBefore, register_once
from services.intake.handlers.orders import hear_order, note_passed_on
from services.intake.handlers.others import Entered
from services.intake.handlers.pressure import Telling, tell_pressure
from services.intake.handlers.receive import hear_mark, receive_case
from services.intake.handlers.regain import Opened, Trying, renew_code, use_code
from services.intake.handlers.register import Registered, Report, demand_of, register_case
from services.intake.handlers.releasing import (
    Releasing,
    release_file,
    take_release_back,
    unit_of,
)
from services.intake.handlers.reveal import Person, Revealed, reveal_person, wait_for_look
from services.intake.handlers.safe import file_room, move_to_store
from services.intake.handlers.showing import files_shown, open_shown
from services.intake.handlers.split import (
    Matter,
    SeenMatter,
    objection_now,
    preview_split,
    split_case,
    take_back,
)
from services.intake.handlers.together import is_shown, siblings, together_with
from services.intake.handlers.unmark import (
    Unmark,
    approve_unmarking,
    ask_unmarking,
    refuse_unmarking,
)
from services.intake.handlers.upload import (
    Beginning,
    Begun,
    begin_upload,
    end_old_uploads,
    end_upload,
    finish_upload,
    found_upload,
    keep_piece,
    whole_upload,
)
from services.intake.handlers.urge import Urging, urge_case
from services.intake.handlers.withdraw import Withdrawing, take_withdrawal_back, withdraw_case
from services.intake.handlers.withhold import withhold_name
from shared.security.caller import Caller
from shared.security.parties import Party

__all__ = [
    "FOLLOWED",
    "Acceptance",
    "Account",
    "Adding",
    "Agency",
    "Answering",
    "AnsweringNow",
    "Appealing",
    "Asked",
    "Asking",
    "Beginning",
    "Begun",
    "BenchmarkCorrection",
    "BenchmarkNote",
    "Caller",
    "Claim",
    "CodeHouse",
    "ContactAsking",
    "Correcting",
    "Deciding",
    "Declining",
    "Entered",
    "ErasureAsking",
    "FileHouse",
    "GroupAsking",
    "Helping",
    "Holding",
    "Knock",
    "KnownBefore",
    "Listed",
    "Look",
    "Looker",
    "Matter",
    "Named",
    "Opened",
    "OpenedFile",
    "Party",
    "Person",
    "Prepared",
    "Proving",
    "Registered",
    "Releasing",
    "Report",
    "Revealed",
    "SeenMatter",
    "Telling",
    "TooOften",
    "Trying",
    "Unmark",
    "Urging",
    "Wanted",
    "Withdrawing",
    "accept_case",
    "add_information",
    "adopt_shared",
    "answer_materials",
    "appeal_decline",
    "approve_correction",
    "approve_erasure",
    "approve_unmarking",
    "as_look",
    "ask_again",
    "ask_code",
    "ask_contact",
    "ask_correction",
    "ask_erasure",
    "ask_for_due",
    "ask_unmarking",
    "assign_helper",
    "attach",
    "begin_upload",
    "benchmarks_beside",
    "change_authority",
    "change_care",
    "claim_case",
    "confirm_benchmark",
    "correct_benchmark",
    "count_to_rehash",
    "decide_appeal",
    "decline_case",
    "demand_of",
    "drop_loose",
    "end_old_uploads",
    "end_upload",
    "erase_again",
    "file_room",
    "files_shown",
    "find_cases",
    "finish_upload",
    "follow",
    "follow_relayed",
    "forget_old_asks",
    "forget_old_counts",
    "found_upload",
    "give_to_takers",
    "group_case",
    "hear_benchmark",
    "hear_mark",
    "hear_neighbours",
    "hear_of_file",
    "hear_order",
    "hold_case",
    "is_shown",
    "is_withheld",
    "keep_piece",
    "leave_case",
    "list_attachments",
    "list_item",
    "list_unit",
    "lock_both",
    "look_at_all",
    "look_up",
    "mark_complained_of",
    "move_to_store",
    "note_benchmark",
    "note_passed_on",
    "objection_now",
    "open_attachment",
    "open_shown",
    "prepare",
    "preview_split",
    "prove_contact",
    "receive_case",
    "refuse_correction",
    "refuse_erasure",
    "refuse_unmarking",
    "register_case",
    "register_once",
    "rehash_persons",
    "release_case",
    "release_file",
    "renew_code",
    "retry_given_up",
    "reveal_person",
    "send_codes",
    "siblings",
    "split_case",
    "take_back",
    "take_pieces",
    "take_release_back",
    "take_withdrawal_back",
    "tell_pressure",
    "tell_untold",
    "together_with",
    "told_party",
    "ungroup_case",
    "unit_of",
    "urge_case",
    "use_code",
    "wait_for_files",
    "wait_for_look",
    "whole_upload",
    "withdraw_benchmark",
    "withdraw_case",
    "withhold_name",
    "without_place",
]
