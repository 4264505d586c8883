"""WCAG 2.1 AA as far as axe-core can tell, on every view, light and dark; and what it cannot tell."""

import pytest
from web_tools import FLAGSHIP, SINGLE, ask

READER = "#lezer?charter=Den+Haag&van=0&tot=0"


def empty(page):
    pass


def collection(page):
    turn = ask(page, FLAGSHIP)
    turn.locator(".nabij summary").first.click()
    turn.locator(".nabijlijst li").first.wait_for()
    turn.get_by_text("Klopt dit antwoord?").click()
    turn.get_by_text("Verander oordelen per charter").click()


def conversation(page):
    page.click("text=Beperk de vraag")
    ask(page, SINGLE)
    ask(page, "En in Groningen?")
    page.click("text=Eerder gevraagd")


def comparison(page):
    ask(page, "Wat doen Utrecht en Groningen aan schooluitval?")


def refusal(page):
    ask(page, "Hoeveel zetels heeft het parlement van Noorwegen?")


def error(page):
    page.click("#stel")


def themes(page):
    for name in ("Arnhem", "Zaanstad"):
        page.locator(f"#vergelijkformulier input[value={name}]").check()
    page.click("text=Zet naast elkaar")
    page.wait_for_selector("#vergelijking .kolom")


def source(page):
    turn = ask(page, FLAGSHIP)
    turn.locator(".bronkop a").first.click()
    page.wait_for_selector("#charter mark")
    page.fill("#zoek", "wijk")
    page.keyboard.press("Enter")


def text(page):
    page.wait_for_selector("#chartertekst")


VIEWS = {
    "empty": ("", empty), "collection": ("", collection), "conversation": ("", conversation), "error": ("", error),
    "comparison": ("", comparison), "refusal": ("", refusal), "overview": ("#overzicht", empty),
    "themes": ("#vergelijken", themes), "choice": ("#lezer", empty), "source": ("", source), "text": (READER, text),
}  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_no_violation(site, visit, axe, view, scheme):
    address, prepare = VIEWS[view]
    page = visit(site, address, color_scheme=scheme, reduced_motion="reduce")
    prepare(page)
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations', 'incomplete']})")
    assert len(found["passes"]) > 15  # it did look
    seen = [
        (one["id"], one["impact"], [node["html"][:200] for node in one["nodes"][:3]]) for one in found["violations"]
    ]
    assert seen == []


def test_the_page_is_dutch_and_has_its_landmarks_and_headings(site, visit):
    page = visit(site)
    ask(page, SINGLE)
    assert page.evaluate("document.documentElement.lang") == "nl"
    assert page.get_by_role("main").count() == page.get_by_role("banner").count() == 1
    assert page.get_by_role("navigation", name="Hoofdmenu").count() == 1
    assert page.get_by_role("complementary").get_attribute("aria-label") == f"Bronnen bij: {SINGLE}"
    assert page.get_by_role("heading", name=SINGLE).count() == 1
    assert page.get_by_role("textbox", name="Uw vraag").count() == 1


def test_an_answer_is_announced(site, visit, engine):
    page = visit(site)
    ask(page, SINGLE)
    answer = engine.ask(SINGLE)
    page.wait_for_function("document.querySelector('#melding').textContent !== ''")
    said = page.locator("#melding[aria-live=polite]").inner_text()
    assert answer.answer.split("[")[0].strip() in said and f"{len(answer.citations)} bronnen" in said
