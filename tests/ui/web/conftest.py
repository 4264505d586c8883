"""A real server with the real engine, and the system's own Chromium.

Without a browser, or without axe-core (`npm ci --prefix tests/ui/web`), these tests are skipped; where
TEST_BROWSER_REQUIRED is set, as in `.ci/run`, that is a failure.
"""

import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from web_tools import serving

REQUIRED = os.environ.get("TEST_BROWSER_REQUIRED")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"


def pytest_collection_modifyitems(items):
    """What libraries leave to the garbage collector is no fault of the page."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"))
            item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))
            item.add_marker(pytest.mark.filterwarnings("ignore::DeprecationWarning"))  # pandas, as Gradio uses it


def missing(what, remedy):
    if REQUIRED:
        pytest.fail(f"{what} is er niet; {remedy}", pytrace=False)
    pytest.skip(f"{what} is er niet; {remedy}")


@pytest.fixture(scope="session")
def site(engine, tmp_path_factory):
    with serving(engine, tmp_path_factory.mktemp("page") / "feedback.jsonl") as made:
        yield made


@pytest.fixture(scope="session")
def chromium():
    if CHROMIUM is None:
        missing("De browser (chromium)", "installeer die met: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe():
    if not AXE.exists():
        missing("axe-core", "installeer het met: npm ci --prefix tests/ui/web")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture
def visit(chromium):
    """Opens pages; afterwards, none of them contacted another host or ran into an error in its script."""
    contexts, hosts, errors = [], set(), []

    def opened(site, query="", **options):
        context = chromium.new_context(**{"locale": "nl-NL", "viewport": {"width": 1280, "height": 900}} | options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("dialog", lambda dialog: (errors.append(f"dialog {dialog.message}"), dialog.dismiss()))
        page.goto(site.url + query)
        page.wait_for_selector("#cw[data-klaar]")
        hosts.discard(urlsplit(site.url).netloc)
        return page

    yield opened
    for context in contexts:
        for page in context.pages:
            hosts.discard(urlsplit(page.url).netloc)
        context.close()
    assert hosts - {""} == set(), "another host was contacted"
    assert errors == []
