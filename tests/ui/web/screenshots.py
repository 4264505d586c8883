"""Pictures of every view at three widths, light and dark, for looking at.

    charterwijzer ui --port 7861 &
    python tests/ui/web/screenshots.py http://127.0.0.1:7861/ FOLDER [--readme]

With --readme also the three of the README, in ui/screenshots.
"""

import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright
from test_for_everyone import VIEWS
from web_tools import FLAGSHIP, ask

OWN = Path(__file__).parents[3] / "ui" / "screenshots"
WIDTHS = (1280, 768, 380)


def opened(browser, url, width, scheme, height=900):
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, locale="nl-NL")
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector("#cw[data-klaar]")
    return page


def every_view(browser, url, folder):
    for view, (address, prepare) in VIEWS.items():
        for scheme in ("light", "dark"):
            page = opened(browser, url + address, WIDTHS[0], scheme)
            prepare(page)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                page.wait_for_timeout(100)
                page.screenshot(path=folder / f"{view}-{width}-{scheme}.png", full_page=view not in ("source", "text"))
            page.context.close()


def for_the_readme(browser, url):
    OWN.mkdir(exist_ok=True)
    page = opened(browser, url, 1280, "light", 1450)
    turn = ask(page, FLAGSHIP)
    page.evaluate("scrollTo(0, document.querySelector('.beurt').offsetTop - 24)")
    page.evaluate("document.activeElement.blur()")
    page.screenshot(path=OWN / "vraag.png")
    turn.locator(".bronkop a").nth(8).click()
    page.wait_for_selector("#charter mark")
    page.set_viewport_size({"width": 1280, "height": 760})
    page.evaluate("document.querySelector('#charter mark').scrollIntoView({block: 'center'})")
    page.screenshot(path=OWN / "lezer.png")
    page = opened(browser, url, 380, "dark", 760)
    ask(page, "Wat doet het rijk in Deventer aan gezondheid?")
    page.screenshot(path=OWN / "smal.png")
    for picture in OWN.glob("*.png"):
        Image.open(picture).convert("RGB").quantize(256, Image.Quantize.FASTOCTREE).save(picture, optimize=True)


def main():
    url, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        if "--readme" in sys.argv:
            for_the_readme(browser, url)
        else:
            every_view(browser, url, folder)
        browser.close()


if __name__ == "__main__":
    main()
