"""What people say around a question: a greeting, a request to be told, thanks. What is left is the question itself.

Pure functions on Dutch phrases. A courtesy that is left in does little harm, a word taken from the question much: what
is not surely a courtesy stays.
"""

import re

_TO_WHOM = r"(?:allemaal|iedereen|daar|collega(?:'?s)?|charterwijzer|team|lezer|heer ?/ ?mevrouw|heer|mevrouw)"
_SURNAME = r"(?:(?: (?:van|de|der|den|ten|ter|(?-i:[A-Z])[\w.-]*))+(?=\s*[,!]))?"
_GREETING = re.compile(
    rf"^(?:goede? ?(?:morgen|middag|navond|avond|ndag|dag)|hallo|hoi|hi|dag(?=(?: {_TO_WHOM})*\s*[,!]))"
    rf"(?: {_TO_WHOM})*\s*[,!.]*\s+|^(?:beste|geachte)(?: {_TO_WHOM})+{_SURNAME}\s*[,!.]*\s*",
    re.I,
)
_THANKS = r"(?:(?:alvast|hartelijk|heel erg|erg)\s+)*(?:bedankt|dank ?(?:u|je)(?: ?wel)?)"
_THANKS_BEFORE = re.compile(rf"^(?:{_THANKS}|ok[eé]|mooi|helder|duidelijk|prima)\s*[,.!]+\s*", re.I)
_GREETINGS = r"(?:met )?(?:(?:vriendelijke|hartelijke) )?groet(?:en|jes)?|mvg|bvd"
_THANKS_AFTER = re.compile(rf"(?P<end>[?.!,])\s*(?:{_THANKS}|(?:alvast|bij voorbaat) dank|{_GREETINGS})\b[^?]*$", re.I)
_PLEASE = re.compile(r",?\s+(?:alstublieft|alsjeblieft|a\.?u\.?b\.?|s\.?v\.?p\.?)(?=\s*[?.!,]|\s*$)", re.I)

# "Kunt u mij zeggen …", "Ik wil graag weten …": words of no subject.
_REQUEST = re.compile(
    r"^is (?:het |al |er |u )*(?:bekend|duidelijk) |^(?:(?:kunt|kun|kan|wilt|wil|zou|zoudt|mag|weet|iemand|u|je|jij|ik|"
    r"mij|me|mijn|ons|we|wij|eens|even|misschien|ook|al|graag|willen|kunnen|weten|zeggen|vertellen|aangeven|uitleggen|opzoeken|"
    r"nagaan|laten|zien|horen|hoor|vraag|is|af|zeg|vertel|geef|noem|maak|zoek|op|hebt|heb|heeft|enig|een|idee|benieuwd|ben|"
    r"naar|was|wilde|wou|moet|verneem|nakijken|controleren|toevallig)[\s,:]+){2,}",
    re.I,
)
# One of these is what tells a request from "Kan een gemeente die …" and "Heeft een of meer steden …".
_TELLS = re.compile(
    r"\b(?:u|je|jij|ik|mij|me|mijn|ons|we|wij|iemand|zeg|vertel|geef|maak|graag|bekend|duidelijk)\b", re.I
)
_SEEKS = re.compile(r"\b(?:zoek|geef|noem|graag)\b", re.I)
_LIST_OF = re.compile(r"^(?:lijst(?:je)?|overzicht|opsomming) (?:van|met) (?=\w)", re.I)
_ASKING = re.compile(r"^(?:of|(?:iets|alles|meer) over|(?:\w{2,5} )?(?:welke?|wat|wie|wanneer|waar\w*|hoe\w*))\b", re.I)
_SOUGHT = re.compile(r"^(?:de |alle )?\w+ (?:die|met|zonder|waar\w*)\b", re.I)
_TO_DO = re.compile(
    r"^(?:kunt|kun|kan|wilt|wil|zou) (?:u|je|jij) (?:(?:mij|me|ons) )?(?P<thing>(?:de|het|alle|een) .+) "
    r"(?:op)?(?:noemen|sommen|geven|beschrijven)\s*[?.!]*$",
    re.I,
)


def without_courtesies(text: str) -> str:
    """Return a question without the courtesies around it; what is nothing else is returned as it is."""
    asked = _THANKS_AFTER.sub(r"\g<end>", _PLEASE.sub("", text.strip()))
    asked = _GREETING.sub("", _THANKS_BEFORE.sub("", _GREETING.sub("", asked)))
    to_do = _TO_DO.match(asked)
    return (to_do["thing"] if to_do else _told(asked)).strip() or text


def _told(asked: str) -> str:
    """What is asked after a request to be told it."""
    request = _REQUEST.match(asked)
    if request is None or not _TELLS.search(request[0]):
        return asked
    rest = asked[request.end() :]
    if listed := _LIST_OF.match(rest):
        return rest[listed.end() :]
    return rest if _ASKING.match(rest) or (_SEEKS.search(request[0]) and _SOUGHT.match(rest)) else asked
