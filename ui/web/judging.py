"""The form under an answer to say whether it is right, and to overrule verdicts."""

from qa.model import Answer, Verdict
from ui.web.feedback import LONGEST_REASON
from ui.web.markup import VERDICTS, text


def judging_html(answer: Answer, turn: int) -> str:
    """Return the form; with a choice for every verdict where the answer has them."""
    return (
        '<details class="terugkoppeling"><summary>Klopt dit antwoord?</summary>'
        f'<form class="oordeelformulier" data-beurt="{turn}"><fieldset><legend>Uw oordeel</legend>'
        '<label class="keuze"><input type="radio" name="rating" value="goed"> Goed</label>'
        '<label class="keuze"><input type="radio" name="rating" value="fout"> Fout</label></fieldset>'
        f'<p><label for="reden-{turn}">Waarom? (mag leeg blijven)</label>'
        f'<textarea id="reden-{turn}" name="reason" rows="2" maxlength="{LONGEST_REASON}"></textarea></p>'
        f'{_verdicts(answer, turn)}<button type="submit" class="klein">Bewaar mijn oordeel</button>'
        '<p class="stil">Uw oordeel blijft op deze computer.</p><p class="uitkomst" role="status"></p></form></details>'
    )


def _verdicts(answer: Answer, turn: int) -> str:
    if not answer.items:
        return ""
    choices = "".join(_choice(item, turn, i) for i, item in enumerate(answer.items))
    return (
        "<details><summary>Verander oordelen per charter</summary>"
        f'<fieldset><legend>Oordelen</legend><div class="keuzes">{choices}</div></fieldset></details>'
    )


def _choice(item: Verdict, turn: int, place: int) -> str:
    options = "".join(
        f'<option value="{status}"{" selected" if status == item.verdict else ""}>{word}</option>'
        for status, word in VERDICTS.items()
    )
    name = text(item.charter)
    return (
        f'<label class="keuze" for="is-{turn}-{place}">{name} '
        f'<select id="is-{turn}-{place}" name="verdict" data-charter="{name}">{options}</select></label>'
    )
