"""Text is shown as text, wherever it comes from, and the server gives nothing but its page."""

import base64
from dataclasses import replace
from urllib.parse import quote

import httpx
import pytest
from web_tools import SINGLE, ask, serving

from index.update import update_index
from qa.engine import Engine

ATTACKS = (
    '<img src=x onerror="window.gehackt=1">',
    "<script>window.gehackt=1</script>",
    "${window.gehackt=1}",
    "{{window.gehackt=1}}",
    "{{#with window}}{{gehackt}}{{/with}}",
    "![plaatje](http://elders.example/spion.png)",
    "[klik](javascript:window.gehackt=1)",
    '"><svg onload=window.gehackt=1>',
    "</textarea></details><iframe src=javascript:window.gehackt=1>",
)
HOSTILE = "\n\n".join(
    f"# {attack} plan {i}\n\n## Stalling {attack}\n\nDe gemeente bouwt in 2031 een stalling {attack} met {i} plaatsen."
    for i, attack in enumerate(ATTACKS)
)


class Unseen:
    def step(self, text):
        pass

    def advance(self, done, total):
        pass


@pytest.fixture(scope="module")
def hostile(encoder, settings, tmp_path_factory):
    """The page on documents that attack it: in names, headings and sentences."""
    folder = tmp_path_factory.mktemp("hostile")
    corpus = folder / "corpus"
    corpus.mkdir()
    for i, part in enumerate(HOSTILE.split("\n\n# ")):
        (corpus / f"{i}.md").write_text(f"# {part.removeprefix('# ')}\n", encoding="utf-8")
    update_index([corpus], folder / "index", encoder.name, lambda: encoder, Unseen())
    with serving(Engine.open(folder / "index", settings), folder / "feedback.jsonl") as made:
        yield made


def unharmed(page):
    """Nothing of the text ran, and nothing of it became an element or a link."""
    assert page.evaluate("window.gehackt") is None
    assert page.locator("#cw img, #cw script, #cw iframe, #cw svg[onload], #cw [onerror]").count() == 0
    links = page.evaluate("[...document.querySelectorAll('#cw a')].map(link => link.getAttribute('href'))")
    assert [link for link in links if not link.startswith("#")] == []


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_question_is_shown_as_text(site, visit, attack):
    page = visit(site)
    turn = ask(page, f"Wat is {attack} in Deventer?")
    assert turn.locator("h2").inner_text() == f"Wat is {attack} in Deventer?"
    ask(page, f"En in Groningen {attack}?")
    unharmed(page)


def test_a_question_from_a_link_is_shown_as_text(site, visit):
    page = visit(site, f"?vraag={quote(ATTACKS[0])}")
    page.wait_for_function(
        "document.querySelector('.beurt[aria-busy=false]') || document.querySelector('#fout').textContent"
    )
    unharmed(page)


def test_documents_are_shown_as_text_in_every_view(hostile, visit):
    page = visit(hostile)
    turn = ask(page, "Welke documenten noemen een stalling?")
    shown = turn.inner_text()
    assert sum(attack in shown for attack in ATTACKS) == len(ATTACKS)  # literally, so not obeyed
    unharmed(page)
    ask(page, "Hoeveel plaatsen heeft de stalling?")
    unharmed(page)
    page.locator(".bronkop a >> visible=true").first.click()
    page.wait_for_selector("#charter mark")
    unharmed(page)
    for view in ("#overzicht", "#vergelijken", "#lezer"):
        page.evaluate("view => { location.hash = view }", view)
        page.wait_for_timeout(200)
        unharmed(page)
    assert page.locator("svg").count() == 0  # another corpus has no map, and no error for it


def test_a_reason_and_what_comes_back_of_it_are_text(site, visit):
    page = visit(site)
    turn = ask(page, SINGLE)
    turn.get_by_text("Klopt dit antwoord?").click()
    turn.locator("input[value=fout]").check()
    turn.locator("[name=reason]").fill(" ".join(ATTACKS))
    turn.get_by_text("Bewaar mijn oordeel").click()
    turn.get_by_text("Uw oordeel is bewaard").wait_for()
    unharmed(page)


def test_what_a_language_model_writes_is_shown_as_text(site, visit, engine, monkeypatch):
    answer = engine.ask(SINGLE)

    def written(text, *_, **__):
        yield replace(answer, question=text, answer=" ".join(ATTACKS), mode="llm", model=ATTACKS[0], notes=ATTACKS)

    page = visit(site)
    monkeypatch.setattr(site.service.engine, "stream", written)
    turn = ask(page, SINGLE)
    assert turn.locator(".antwoordtekst").inner_text() == " ".join(ATTACKS)
    unharmed(page)


@pytest.mark.parametrize(
    "path",
    [
        "gradio_api/file=/etc/passwd",
        "gradio_api/file/etc/passwd",
        "file=/etc/passwd",
        "static/../../../../etc/passwd",
        "static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "assets/..%2f..%2f..%2frouting.py",
        "gradio_api/proxy=http://127.0.0.1/",
        "gradio_api/upload",
        "gradio_api/vibe-code",
        "gradio_api/runs",
        "gradio_api/run/ask",
        "monitoring",
        "docs",
        "openapi.json",
        "custom_component/1/client/component/x.js",
        "?deep_link=../../etc/passwd",
        "gradio_api/stream/a/b/c/playlist-file",
    ],
)
def test_no_file_of_the_machine_is_served(site, path):
    reply = httpx.get(site.url + path)
    assert reply.status_code == 404 and "root:" not in reply.text


def test_nothing_can_be_uploaded(site):
    assert httpx.post(f"{site.url}gradio_api/upload", files={"files": b"x"}).status_code == 404


def test_the_server_names_no_folder_of_the_machine(site):
    page = httpx.get(site.url).text + httpx.get(f"{site.url}config").text
    assert str(site.feedback.parent) not in page and "/root" not in page and "site-packages" not in page


def test_another_site_cannot_use_the_page_and_no_other_name_leads_to_it(site):
    elsewhere = {"origin": "http://elders.example"}
    assert httpx.post(f"{site.url}gradio_api/queue/join", json={}, headers=elsewhere).status_code == 403
    assert httpx.get(site.url, headers={"host": "elders.example"}).status_code == 403


def test_the_page_may_by_its_own_policy_contact_no_other_host(site):
    policy = httpx.get(site.url).headers["content-security-policy"]
    assert "default-src 'none'" in policy and "http" not in policy and "*" not in policy
    assert "http://" not in httpx.get(site.url).text.replace(site.url, "").replace(site.url.rstrip("/"), "").replace(
        "http://www.w3.org", ""
    )


def test_a_user_name_and_password_keep_everything_closed(engine, tmp_path):
    from ui.web.guard import Access

    with serving(engine, tmp_path / "f.jsonl", Access(user="anna", password="gehëim")) as made:
        for path in ("", "config", "gradio_api/info", "assets/x.js", "gradio_api/heartbeat/abc"):
            assert httpx.get(made.url + path).status_code == 401
        wrong = base64.b64encode(b"anna:fout").decode()
        assert httpx.get(made.url, headers={"authorization": f"Basic {wrong}"}).status_code == 401
        right = base64.b64encode("anna:gehëim".encode()).decode()
        assert httpx.get(made.url, headers={"authorization": f"Basic {right}"}).status_code == 200
