"""What all pages share, in a real browser."""

import pytest
from playwright.sync_api import expect

TITLES = ["Jobs", "New job", "Compare", "Datasets", "One step", "API"]


def test_the_header_leads_to_every_page(page):
    page.goto("/")
    links = page.get_by_role("navigation", name="Pages").get_by_role("link")
    expect(links).to_have_text(TITLES)
    expect(page.get_by_role("link", name="Jobs", exact=True)).to_have_attribute(
        "aria-current", "page"
    )


@pytest.mark.parametrize("look", [{"color_scheme": "light"}, {"color_scheme": "dark"}])
def test_the_theme_is_the_system_s_until_one_is_chosen(page, look):
    grounds = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 29)"}
    page.goto("/")
    body = page.locator("body")
    expect(body).to_have_css("background-color", grounds[look["color_scheme"]])
    toggle = page.get_by_role("button", name="Theme")
    for theme in ("light", "dark"):
        toggle.click()
        expect(toggle).to_have_text(f"Theme: {theme}")
        expect(body).to_have_css("background-color", grounds[theme])
    page.reload()
    expect(body).to_have_css("background-color", grounds["dark"])
