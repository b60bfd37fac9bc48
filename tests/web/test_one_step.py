"""The page at /one-step, in a real browser: numbers by hand, words, keys, faults."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

NARROW = {"viewport": {"width": 400, "height": 800}}
LOOKS = [
    pytest.param({"color_scheme": "light"}, id="light"),
    pytest.param({"color_scheme": "dark", **NARROW}, id="dark-narrow"),
    pytest.param({"color_scheme": "dark"}, id="dark", marks=pytest.mark.verify),
    pytest.param(NARROW, id="narrow", marks=pytest.mark.verify),
]
PATIENCE_MS = 15_000  # on a machine that has other things to do
REFUSED = "status of 422"


@pytest.fixture
def one_step(page):
    expect.set_options(timeout=PATIENCE_MS)
    page.goto("/one-step")
    expect(page.get_by_role("heading", name="The network")).to_be_visible()
    return page


def press(page, *names):
    for name in names:
        page.get_by_role("button", name=name, exact=True).click()


def told(page):
    return page.get_by_role("status").first


def results(page, heading):
    """The numbers that a part of the chain rule ends in, by their formula."""
    part = page.locator(".link", has=page.get_by_role("heading", name=heading, exact=True))
    formulas = part.locator(".formula").all_inner_texts()
    return dict(zip(formulas, part.locator(".result").all_inner_texts(), strict=True))


def begin_with(page, title):
    page.get_by_label("Begin with").select_option(label=title)


def test_the_line_by_hand(one_step):
    # From w = b = 0 every answer is 0, and the errors are −1, −3, −5, −7:
    # J = (1 + 9 + 25 + 49) / 4 = 21, δ = 2e / 4, ∂J/∂w = Σ δ·x = −1.5 − 5 − 10.5, ∂J/∂b = Σ δ.
    press(one_step, "Forward")
    expect(told(one_step)).to_contain_text("J = 21, over 4 rows")
    assert results(one_step, "Forward, row 2") == {"z = Σ w · a + b": "0", "a = f(z)": "0"}
    press(one_step, "Backprop")
    expect(told(one_step)).to_contain_text("No weight has moved")
    expect(told(one_step)).to_contain_text("They agree.")
    expect(one_step.get_by_role("radio")).to_have_count(2)
    weight = one_step.get_by_role("radio", name="weight from input 1 to output 1")
    expect(weight).to_have_accessible_name("weight from input 1 to output 1: 0, gradient −17")
    assert results(one_step, "Backprop, row 2") == {
        "∂J/∂ŷ = 2 · (ŷ − y) / n": "−1.5",
        "δ = ∂J/∂z = ∂J/∂ŷ · f′(z)": "−1.5",
        "∂J/∂w = ∂J/∂z · a": "−1.5",
    }
    assert results(one_step, "Backprop, all rows") == {"∂J/∂w = Σ δ · a": "−17"}
    sum_of_all = one_step.get_by_text("(−0.5) · 0 + (−1.5) · 1 + (−2.5) · 2 + (−3.5) · 3")
    expect(sum_of_all).to_be_visible()
    press(one_step, "Descend")
    # w = 1.7, b = 0.8: the errors are −0.2, −0.5, −0.8, −1.1, and J = 2.14 / 4.
    expect(told(one_step)).to_contain_text("J fell from 21 to 0.535.")
    assert results(one_step, "Descend") == {"w ← w − α · ∂J/∂w": "1.7"}
    bias = one_step.get_by_role("radio", name="bias of output 1")
    expect(bias).to_have_accessible_name("bias of output 1: 0.8, gradient −8")
    # By w alone the errors are −1, −1.3, −1.6, −1.9: J = 8.86 / 4.
    expect(one_step.locator("#valley")).to_contain_text(
        "to 1.7, where by this weight alone J is 2.215"
    )
    press(one_step, "Forward")
    expect(told(one_step)).to_contain_text("J = 0.535")
    # In the second row, 1.7 · 1 + 0.8
    assert results(one_step, "Forward, row 2") == {"z = Σ w · a + b": "2.5", "a = f(z)": "2.5"}


def test_a_large_step_is_said_to_overshoot_and_a_small_one_is_not(one_step):
    press(one_step, "Backprop", "Double α", "Double α")
    # With α = 0.4, w = 6.8 and b = 3.2: the errors are 2.2, 7, 11.8, 16.6, and J = 468.64 / 4.
    expect(told(one_step)).to_contain_text("overshoot: J would rise from 21 to 117.2")
    press(one_step, "Descend")
    expect(told(one_step)).to_contain_text("Overshoot: J rose from 21 to 117.2")
    expect(one_step.locator("#path")).to_contain_text("In 1 step J went from 21 to 117.2.")
    press(one_step, "Halve α")
    # The same step once more, with α = 0.2: w = 3.4, b = 1.6, the errors 0.6, 2, 3.4, 4.8.
    expect(told(one_step)).to_contain_text("J fell from 21 to 9.74.")
    expect(one_step.locator("#path")).to_contain_text("In 1 step J went from 21 to 9.74.")


def test_steps_are_repeated_and_taken_back(one_step):
    press(one_step, "10 steps", "10 steps")
    path = one_step.locator("#path")
    expect(path).to_contain_text("In 20 steps J went from 21 to")
    path.get_by_text("As numbers").click()
    costs = [number(text) for text in path.locator("li").all_inner_texts()]
    assert len(costs) == 21
    assert costs[:2] == [21, 0.535]
    assert costs == sorted(costs, reverse=True)
    press(one_step, "Back to the start", "Forward")
    expect(told(one_step)).to_contain_text("J = 21")
    expect(path).to_contain_text("The curve begins with the first step down.")


def test_a_walk_that_explodes_says_so(one_step):
    rate = one_step.get_by_label("Learning rate α")
    rate.fill("1000000")
    rate.press("Enter")
    press(one_step, "10 steps", "10 steps", "10 steps")
    expect(told(one_step)).to_contain_text("no finite number any more")
    press(one_step, "Forward")
    expect(told(one_step)).to_contain_text("Go back to the start")
    press(one_step, "Back to the start", "Forward")
    expect(told(one_step)).to_contain_text("J = 21")


PRESETS = [
    "xor: two hidden units",
    "A saturated sigmoid: the gradient vanishes",
    "A dead ReLU",
]


@pytest.mark.parametrize("title", PRESETS)
def test_what_is_written_out_comes_to_what_the_service_found(one_step, title):
    begin_with(one_step, title)
    press(one_step, "Backprop")
    expect(told(one_step)).to_contain_text("Gradient check")
    edges = one_step.get_by_role("radio")
    one_step.locator("[role=radio][aria-checked=true]").focus()
    for _ in range(edges.count()):
        lines = one_step.locator(".line", has=one_step.locator(".numbers"))
        for line in lines.all():
            put, result = (
                line.locator(".numbers").inner_text(),
                line.locator(".result").inner_text(),
            )
            value, size = worth(put)
            assert number(result) == pytest.approx(value, rel=2e-3, abs=2e-3 * size), put
        one_step.keyboard.press("ArrowRight")


def worth(text):
    """What products, sums and differences of numbers come to, and how large their terms are."""
    plain = text.replace("·", "*").replace("−", "-")
    assert re.fullmatch(r"[-+*/() .e\d]+", plain), text
    terms = [term for term in re.split(r" [+-] ", plain) if term.count("(") == term.count(")")]
    return eval(plain), max((abs(eval(term)) for term in terms), default=1.0)


def number(text):
    return float(text.replace("−", "-"))


def test_a_saturated_sigmoid_lets_almost_nothing_through(one_step):
    begin_with(one_step, PRESETS[1])
    press(one_step, "Backprop")
    expect(one_step.get_by_text("The gradient vanishes.")).to_be_visible()
    # z = 5·1 + 2, a = σ(7) = 0.99909, f′ = a(1 − a) = 9.1022e−4
    assert results(one_step, "Backprop, row 1")["f′(z) = a · (1 − a)"] == "9.102e−4"


def test_a_dead_relu_does_not_move_until_its_bias_is_raised(one_step):
    begin_with(one_step, PRESETS[2])
    press(one_step, "Backprop")
    dead = one_step.get_by_role("radio", name="weight from input 1 to hidden 2")
    expect(dead).to_have_accessible_name("weight from input 1 to hidden 2: 0.6, gradient 0")
    press(one_step, "10 steps")
    expect(told(one_step)).to_contain_text("Descend")
    expect(dead).to_have_accessible_name("weight from input 1 to hidden 2: 0.6, gradient 0")
    one_step.get_by_role("radio", name="bias of hidden 2").click()
    value = one_step.get_by_label("Its value now")
    value.fill("0.5")
    value.press("Enter")
    press(one_step, "Backprop")
    expect(dead).not_to_have_accessible_name(re.compile("gradient 0$"))


def test_a_weight_is_chosen_by_keys_alone(one_step):
    begin_with(one_step, PRESETS[0])
    one_step.locator("[role=radio][aria-checked=true]").focus()
    title = one_step.locator("#edge-title")
    for name in ("input 2 to hidden 1", "hidden 1", "input 1 to hidden 2"):
        one_step.keyboard.press("ArrowRight")
        expect(title).to_contain_text(name)
        expect(one_step.locator("[role=radio][aria-checked=true]")).to_be_focused()
    one_step.keyboard.press("ArrowLeft")
    expect(title).to_have_text("Bias of hidden 1")


@pytest.mark.parametrize(
    ("field", "text", "detail"),
    [
        ("Row 2, input 1", "much", "must be a finite number"),
        ("Learning rate α", "-1", "must be a finite number greater than 0"),
        ("Its value now", "", "must be a finite number"),
    ],
)
def test_a_fault_stands_beside_its_field_until_it_is_mended(one_step, faults, field, text, detail):
    faults.append(REFUSED)
    box = one_step.get_by_label(field)
    right = box.input_value()
    box.fill(text)
    box.press("Enter")
    expect(one_step.get_by_label(field)).to_have_attribute("aria-invalid", "true")
    expect(one_step.get_by_label(field)).to_have_accessible_description(re.compile(detail))
    one_step.get_by_label(field).fill(right)
    one_step.get_by_label(field).press("Enter")
    expect(one_step.locator("[aria-invalid]")).to_have_count(0)
    press(one_step, "Forward")
    expect(told(one_step)).to_contain_text("J = 21")


def test_a_cost_that_does_not_fit_is_told_at_the_cost(one_step, faults):
    faults.append(REFUSED)
    one_step.get_by_label("Cost J").select_option("cross_entropy")
    expect(one_step.get_by_label("Cost J")).to_have_attribute("aria-invalid", "true")
    one_step.get_by_label("Output", exact=True).select_option("softmax")
    # One output of a softmax is always 1, and its targets are to add up to 1.
    expect(one_step.get_by_label("Row 2, target 1")).to_have_attribute("aria-invalid", "true")


def test_the_network_grows_and_every_size_can_be_walked(one_step):
    for label, size in (("Inputs", "3"), ("Outputs", "2"), ("Hidden layers", "2"), ("Rows", "8")):
        one_step.get_by_label(label, exact=True).select_option(size)
    one_step.get_by_label("Layer 1: units").select_option("4")
    one_step.get_by_label("Layer 2: activation").select_option("gelu")
    # 3·4 + 4, 4·2 + 2, 2·2 + 2
    expect(one_step.get_by_role("radio")).to_have_count(32)
    press(one_step, "Random weights", "Backprop")
    expect(told(one_step)).to_contain_text("They agree.")


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_no_serious_fault(one_step, look, shots):
    begin_with(one_step, PRESETS[0])
    press(one_step, "10 steps", "Backprop")
    expect(told(one_step)).to_contain_text("Gradient check")
    expect(one_step.locator("#valley")).to_contain_text("by this weight alone")
    one_step.get_by_text("All weights as a table").click()
    if shots:
        name = "-".join(map(str, look.values())).translate({ord(c): None for c in "{}': ,"})
        one_step.screenshot(path=shots / f"one-step-{name}.png", full_page=True)
    found = Axe().run(one_step).response["violations"]
    assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []


@pytest.mark.parametrize("look", [NARROW])
def test_a_narrow_page_does_not_scroll_sideways(one_step, look):
    press(one_step, "Descend")
    expect(told(one_step)).to_contain_text("J fell")
    assert one_step.evaluate("document.documentElement.scrollWidth") <= look["viewport"]["width"]
