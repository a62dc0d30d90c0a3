"""A person with a keyboard and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.browser import assert_fits

if TYPE_CHECKING:
    import datetime as dt

    from playwright.sync_api import FilePayload, Page

FAR = 120  # tab stops: more than any page has


class Hands:
    """What a person does who has no mouse, from wherever the focus is."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.on("filechooser", lambda _chooser: None)  # Chromium then asks for files from the first time on

    def to(self, selector: str) -> None:
        """Tab until the focus is there."""
        for _stop in range(FAR):
            if self.page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} is not reached by keyboard at {self.page.url}")

    def write(self, **texts: str) -> None:
        """In the order of the page; a double underscore stands for a hyphen."""
        for name, text in texts.items():
            self.to(f"[name='{name.replace('__', '-')}']")
            self.page.keyboard.press("Control+A")
            self.page.keyboard.insert_text(text)

    def choose(self, name: str, down: int) -> None:
        self.to(f"select[name='{name}']")
        for _step in range(down):
            self.page.keyboard.press("ArrowDown")

    def tick(self, selector: str) -> None:
        self.to(selector)
        self.page.keyboard.press("Space")

    def mark(self, name: str, value: str) -> None:
        """One of the radio buttons of that name: Tab comes to the group, the arrows go through it."""
        self.tick(f"input[type=radio][name='{name}']")
        wanted = f"[name='{name}'][value='{value}']"
        for _step in range(FAR):
            if self.page.evaluate("s => document.activeElement.matches(s + ':checked')", wanted):
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{wanted} is not reached by arrows at {self.page.url}")

    def date(self, name: str, day: dt.date) -> None:
        """In the order of the browser's own language, which is the machine's and not the page's."""
        self.to(f"[name='{name}']")
        for order in ("%m%d%Y", "%d%m%Y"):
            self.page.keyboard.type(day.strftime(order))
            if self.page.input_value(f"[name='{name}']") == day.isoformat():
                return
            for _part in range(2):
                self.page.keyboard.press("ArrowLeft")
        raise AssertionError(f"{name}: {self.page.input_value(f'[name={name}]')}")

    def attach(self, name: str, file: FilePayload) -> None:
        self.to(f"[name='{name}']")
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Space")
        chooser.value.set_files(file)

    def press(self, selector: str) -> None:
        self.to(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        assert_fits(self.page)

    def skip(self) -> None:
        """Past the menu, with the first link of the page."""
        self.page.keyboard.press("Tab")
        self.page.keyboard.press("Enter")

    def go_on(self, heading: str) -> None:
        self.press("form .form-actions button.btn-primary")
        assert self.page.inner_text("h1") == heading
        self.skip()
