"""Our own questions against the text, the gold and those to train on: every quote, every line, every label.

The checks are written out here on purpose, so that they do not lean on the code that scores with this gold.
"""

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
GOLD = ROOT / "eval" / "gold"
TRAINING = ROOT / "eval" / "questions"
LINES = (ROOT / "corpus" / "000_69aa542451feb2d1.txt").read_text(encoding="utf-8").split("\n")

RANGES = {
    "Alkmaar": (77, 501),
    "Amersfoort": (502, 850),
    "Amsterdam": (851, 1448),
    "Arnhem": (1449, 2056),
    "Den Haag": (2057, 2926),
    "Deventer": (2927, 3230),
    "Dordrecht": (3231, 3847),
    "Eindhoven": (3848, 4303),
    "Enschede": (4304, 4718),
    "Groningen": (4719, 5234),
    "Heerlen": (5235, 5725),
    "Leeuwarden": (5726, 6132),
    "Maastricht": (6133, 6498),
    "Nijmegen": (6499, 6884),
    "Rotterdam": (6885, 7566),
    "Schiedam": (7567, 8092),
    "Utrecht": (8093, 8906),
    "Zaanstad": (8907, 9384),
}

TYPES = {"number", "person", "date", "place", "list", "fact", "explain", "compare", "yesno", "unanswerable"}
STYLES = {"paraphrase", "lexical", "keywords", "typo", "wijknaam", "geen-plaats"}
LEAST = {
    "compare": 20,
    "follow-up": 28,
    "topic-switch": 2,
    "wrong-city": 25,
    "city-state": 20,
    "two-answers": 12,
    "false-premise": 12,
    "off-topic": 15,
    "keywords": 8,
    "typo": 8,
    "everyday": 14,
    "collection-list": 55,
    "collection-not": 9,
    "collection-none": 4,
    "collection-count": 12,
    "collection-values": 11,
}
# What a near miss asks for; each about as often with an answer as without.
ASKED = {"number": 200, "name": 140, "topic": 140, "amount": 100, "date": 100, "who": 40, "how": 25}
NUMERALS = [
    "nul",
    "een",
    "twee",
    "drie",
    "vier",
    "vijf",
    "zes",
    "zeven",
    "acht",
    "negen",
    "tien",
    "elf",
    "twaalf",
    "dertien",
    "veertien",
    "vijftien",
    "zestien",
    "zeventien",
    "achttien",
]


def read(name: str, folder: Path = GOLD) -> list[dict[str, Any]]:
    with (folder / name).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


FOLLOWING = read("own_followup.jsonl")
SINGLE = read("own_single.jsonl") + [question for question in FOLLOWING if question["type"] != "aggregate"]
COLLECTION = [
    *read("own_collection.jsonl"),
    *read("own_collection2.jsonl"),
    *read("own_collection3.jsonl"),
    *(question for question in FOLLOWING if question["type"] == "aggregate"),
]
EVERY = SINGLE + COLLECTION
FRESH = read("fresh_single.jsonl")
NEAR = read("near_single.jsonl")
WHETHER = read("yesno.jsonl")
MORE_NEAR = read("near_more.jsonl") + read("near_more.jsonl", TRAINING)  # one set, parted by charter
TRAINING_NEAR = read("near.jsonl", TRAINING)
TRAINING_COLLECTION = read("collections.jsonl", TRAINING)
LABELLED = COLLECTION + TRAINING_COLLECTION


def name(question: dict[str, Any]) -> str:
    return str(question["id"])


def normalise(text: str) -> str:
    text = unicodedata.normalize("NFC", text).casefold().replace("één", "een")
    text = text.translate(str.maketrans("‘’‚“”„–—−", "'''\"\"\"---"))
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r"(?<![\d.,])\d{1,3}(?:\.\d{3})+(?!\d)", lambda number: number[0].replace(".", ""), text)
    return re.sub(r" ?([-/]) ?", r"\1", text).replace(" %", "%").replace("€ ", "€")


def states(text: str, variant: str) -> bool:
    """Whether a variant stands in the text, and by itself where it begins or ends in a number."""
    plain = normalise(variant)
    before = r"(?<!\w)(?<!\d[.,])" if plain[0].isdigit() or len(plain) <= 3 else ""
    after = r"(?!\w)(?![.,]\d)" if plain[-1].isdigit() or len(plain) <= 3 else ""
    return bool(re.search(before + re.escape(plain) + after, normalise(text)))


def all_evidence(question: dict[str, Any]) -> list[dict[str, Any]]:
    return question["evidence"] + question.get("true_evidence", [])


def test_ids_and_questions_are_unique() -> None:
    given = [question for file in ("dev_single.jsonl", "dev_collection.jsonl") for question in read(file)]
    every = [
        *given,
        *EVERY,
        *FRESH,
        *WHETHER,
        *NEAR,
        *MORE_NEAR,
        *TRAINING_NEAR,
        *TRAINING_COLLECTION,
    ]  # so that no gold is trained on either
    ids = Counter(question["id"] for question in every)
    assert [key for key, times in ids.items() if times > 1] == []
    texts = Counter(question.get("standalone", question["question"]).casefold() for question in every)
    assert [text for text, times in texts.items() if times > 1] == []


def test_enough_of_every_kind() -> None:
    kinds = Counter(question["trap"] for question in EVERY)
    assert set(kinds) == set(LEAST)
    assert {kind: kinds[kind] for kind, least in LEAST.items() if kinds[kind] < least} == {}
    assert len(EVERY) >= 250


@pytest.mark.parametrize("questions", [NEAR, MORE_NEAR, TRAINING_NEAR], ids=["gold", "more", "training"])
def test_near_misses_do_not_give_away_by_their_form_whether_they_have_an_answer(
    questions: list[dict[str, Any]],
) -> None:
    asked = Counter((question["asks"], question["type"] == "unanswerable") for question in questions)
    assert {kind for kind, _ in asked} == set(ASKED)
    for kind, least in ASKED.items():
        assert asked[kind, True] + asked[kind, False] >= least
        assert min(asked[kind, True], asked[kind, False]) >= 10
    for charter in RANGES:
        about = [question["type"] == "unanswerable" for question in questions if question["charters"] == [charter]]
        assert len(about) >= 43 and abs(2 * sum(about) - len(about)) <= 1


def test_of_the_fresh_questions_every_charter_has_twelve_with_an_answer_and_four_without() -> None:
    asked = Counter((question["charters"][0], question["type"] == "unanswerable") for question in FRESH)
    assert asked == {(charter, without): 4 if without else 12 for charter in RANGES for without in (False, True)}


def test_whether_a_charter_says_a_thing_follows_from_the_list_that_the_question_was_made_of() -> None:
    lists = {question["id"]: question for question in COLLECTION}
    for question in WHETHER:
        made_of, (charter,) = lists[question["from"]], question["charters"]
        assert charter in question["question"]
        says = made_of["items"][charter]
        assert (question["type"], says) in {("yesno", "ja"), ("unanswerable", "nee")}, question["id"]
        evidence = [entry for entry in made_of["evidence"] if entry["charter"] == charter] if says == "ja" else []
        assert question["evidence"] == [entry | {"alt": True} for entry in evidence]
        assert bool(evidence) == (says == "ja") and not made_of.get("inverted")
    assert Counter(question["type"] == "unanswerable" for question in WHETHER)[False] >= 170


def test_every_charter_is_asked_about() -> None:
    asked = Counter(charter for question in SINGLE for charter in question["charters"])
    assert set(asked) == set(RANGES)
    assert min(asked.values()) >= 6
    everyday = [question for question in SINGLE if question["trap"] in {"keywords", "typo", "everyday"}]
    assert {charter for question in everyday for charter in question["charters"]} == set(RANGES)


def check_evidence(question: dict[str, Any]) -> None:
    for entry in all_evidence(question):
        start, end, quote = entry["start"], entry["end"], entry["quote"]
        assert quote in "\n".join(LINES[start - 1 : end]), (start, quote)
        charter = entry.get("charter") or question["charters"][0]
        first, last = RANGES[charter]
        assert first <= start <= end <= last, (charter, start)
        assert quote == quote.strip() and len(quote) <= 1500


def check_single(question: dict[str, Any]) -> None:
    assert question["type"] in TYPES and question["style"] in STYLES
    assert set(question["charters"]) <= set(RANGES)
    if question["type"] == "unanswerable":
        assert question["nuggets"] == [] and question["evidence"] == []
        return
    assert question["evidence"] and question["nuggets"] and all(question["nuggets"])
    for nugget in question["nuggets"]:
        assert any(states(question["answer"], variant) for variant in nugget), nugget
    cited = {entry.get("charter", question["charters"][0]) for entry in question["evidence"]}
    assert cited == set(question["charters"])
    if len(question["charters"]) > 1:
        assert all("charter" in entry for entry in question["evidence"])


@pytest.mark.parametrize("question", EVERY + TRAINING_COLLECTION, ids=name)
def test_evidence_stands_in_the_charter(question: dict[str, Any]) -> None:
    check_evidence(question)


@pytest.mark.parametrize("question", SINGLE + FRESH, ids=name)
def test_single_is_well_formed(question: dict[str, Any]) -> None:
    check_single(question)


@pytest.mark.parametrize("charter", RANGES)
@pytest.mark.parametrize(
    ("questions", "prefix"),
    [(NEAR, "near"), (MORE_NEAR, "near[34]"), (TRAINING_NEAR, "near[2-4]")],
    ids=["gold", "more", "training"],
)
def test_near_misses_are_well_formed_and_their_evidence_stands_in_the_charter(
    questions: list[dict[str, Any]], prefix: str, charter: str
) -> None:
    for question in (question for question in questions if question["charters"] == [charter]):
        assert re.fullmatch(rf"{prefix}-{charter.lower().replace(' ', '')}-\d\d", question["id"])
        check_evidence(question)
        check_single(question)


@pytest.mark.parametrize("question", SINGLE, ids=name)
def test_each_kind_keeps_its_promise(question: dict[str, Any]) -> None:
    kind = question["trap"]
    if kind == "compare":
        assert question["type"] == "compare" and 2 <= len(question["charters"]) <= 3
    elif kind == "wrong-city":
        assert question["type"] == "unanswerable" and len(question["charters"]) == 1
        assert not set(question["true_in"]) & set(question["charters"])
        assert {entry["charter"] for entry in question["true_evidence"]} <= set(question["true_in"])
    elif kind == "city-state":
        assert question["actor"] in {"gemeente", "rijk"}
    elif kind == "two-answers":
        assert len(question["nuggets"]) == 2
    elif kind == "false-premise":
        assert question["type"] in {"unanswerable", "yesno", "fact"}
    elif kind == "off-topic":
        assert question["type"] == "unanswerable" and question["charters"] == []


def test_there_are_enough_follow_ups_and_they_have_a_file_of_their_own() -> None:
    assert len(FOLLOWING) >= 20
    assert [name(question) for question in EVERY if "previous" in question] == sorted(map(name, FOLLOWING))


@pytest.mark.parametrize("question", FOLLOWING, ids=name)
def test_a_follow_up_leans_on_the_question_before_it_and_says_how_it_is_to_be_understood(
    question: dict[str, Any],
) -> None:
    previous, asked, standalone = question["previous"], question["question"], question["standalone"]
    assert previous.endswith("?") and previous not in {asked, standalone}
    if question["trap"] == "topic-switch":  # understandable by itself: the question before it must not colour it
        assert standalone == asked
        return
    assert question["trap"] == "follow-up" and len(standalone) > len(asked)


@pytest.mark.parametrize("question", LABELLED, ids=name)
def test_collection_labels_all_charters(question: dict[str, Any]) -> None:
    assert question["type"] == "aggregate" and question["style"] in STYLES
    assert question["kind"] in {"list", "count", "table", "compare"} and question["topic"]
    assert list(question["items"]) == list(RANGES)
    assert set(question["items"].values()) <= {"ja", "nee", "deels"}
    yes = {charter for charter, label in question["items"].items() if label == "ja"}
    partly = {charter for charter, label in question["items"].items() if label == "deels"}
    cited = {entry["charter"] for entry in question["evidence"]}
    assert bool(yes) == (question["trap"] != "collection-none")
    if question.get("inverted"):  # what does not stand anywhere has no evidence; those that do say it may have
        assert cited == set()
        assert not yes & {entry["charter"] for entry in question.get("true_evidence", [])}
    else:
        assert yes <= cited <= yes | partly
    if len(yes) < 10:
        assert all(charter in question["answer"] for charter in yes)
    if "count" in question:
        assert question["count"] == len(yes)
        assert states(question["answer"], NUMERALS[question["count"]])
    for charter, variants in question.get("values", {}).items():
        assert charter in yes and any(states(question["answer"], variant) for variant in variants), charter


# What a charter must not say when it is asked about there: another spelling would make the gold wrong.
ABSENT = {
    "own-wc-01": r"cruy?i?ff|krajicek",
    "own-wc-02": r"straatcoach",
    "own-wc-03": r"lef-?\s?team",
    "own-wc-04": r"\bmode(kwartier|wijk|straat)?\b",
    "own-wc-05": r"waardenzeef",
    "own-wc-06": r"geluids",
    "own-wc-07": r"voetbalclub|scoren in|\bfc\b",
    "own-wc-08": r"waterplein",
    "own-wc-09": r"volkstuin",
    "own-wc-10": r"\bkerk",
    "own-wc-11": r"sloopfonds",
    "own-wc-12": r"ooievaar",
    "own-wc-13": r"kindlint|kinderlint",
    "own-wc-14": r"gloeilamp|lampen",
    "own-wc-15": r"frontlijn",
    "own-wc-16": r"participatiecoach",
    "own-wc-17": r"postzegel",
    "own-wc-18": r"muziek",
    "own-wc-19": r"voor wat",
    "own-wc-20": r"w(ij|er)kacademie",
    "own-wc-21": r"tunnel|spoor",
    "own-wc-22": r"brandaris",
    "own-wc-23": r"pact",
    "own-wc-24": r"jeugdgroep|criminele groep|hinderlijke",
    "own-wc-25": r"\blpg\b|gevaarlijke stof",
    "own-wc-26": r"interventieteam",
    "own-wc-27": r"buurtwacht|vaders",
    "own-wc-28": r"drugsrunner|runners",
    "own-fu-28": r"frontlijn",
    "own-fu-29": r"architect|ontwerper",
    "own-not-01": r"micro-?\s?(krediet|financ)",
    "own-not-02": r"combinatie-?\s?functie",
    "own-not-04": r"mediation",
    "own-not-05": r"groen (en|in )?\s?de stad",
    "own2-09": r"luchtkwaliteit",
    "own3-a18": r"mediation",
    "own3-a19": r"micro-?\s?(krediet|financ)",
    "own3-a23": r"voedselbank",
    "own3-a24": r"discrimin",
    "own3-b18": r"bestuurlijke boete",
    "own3-b19": r"overgewicht|obes|te (zwaar|dik)",
    "own3-b23": r"camera",
    "own3-b24": r"zwembad",
    "own3-c24": r"visitatie",
    "own3-c25": r"combinatie-?\s?functie",
    "own3-c26": r"doorzettings-?\s?macht",
    "own3-d24": r"kader-?\s?convenant",
    "own3-d25": r"toolkit onveiligheid|toolkit.{0,80}onveiligheid",
    "own3-d26": r"\bgroen|natuur(?! en voedsel)|\bbomen|plantsoen|\bpark(en)?\b",
}


@pytest.mark.parametrize("question", [q for q in SINGLE + LABELLED if q["id"] in ABSENT], ids=name)
def test_it_really_is_not_there(question: dict[str, Any]) -> None:
    silent = "nee" if question["trap"] == "collection-none" else "ja"
    charters = question.get("charters") or [key for key, label in question["items"].items() if label == silent]
    for charter in charters:
        first, last = RANGES[charter]
        found = [n for n in range(first, last + 1) if re.search(ABSENT[question["id"]], LINES[n - 1], re.IGNORECASE)]
        assert found == [], (charter, found)


@pytest.mark.parametrize("question", [q for q in LABELLED if q.get("inverted")], ids=name)
def test_it_is_in_all_the_others(question: dict[str, Any]) -> None:
    for charter in (key for key, label in question["items"].items() if label == "nee"):
        first, last = RANGES[charter]
        assert re.search(ABSENT[question["id"]], "\n".join(LINES[first - 1 : last]), re.IGNORECASE), charter


def test_every_trap_of_absence_is_checked() -> None:
    traps = {question["id"] for question in SINGLE if question["trap"] == "wrong-city"}
    traps |= {
        question["id"] for question in LABELLED if question.get("inverted") or question["trap"] == "collection-none"
    }
    traps |= {question["id"] for question in FOLLOWING if question["type"] == "unanswerable"}
    assert traps == set(ABSENT)
