from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.scoring.numbers import accepts, interval, parse, readings


@pytest.mark.parametrize(("text", "value"), [
    ("1.234,5", "1234.5"), ("1,234.5", "1234.5"), ("1234,5", "1234.5"), ("1234.5", "1234.5"), ("1 234,5", "1234.5"),
    ("1\u00a0234\u202f567,8", "1234567.8"), ("1.234.567", "1234567"), ("1,234,567", "1234567"),
    ("1.234.567,891", "1234567.891"), ("1234,567", "1234.567"), ("0,123", "0.123"), ("0.123", "0.123"),
    ("1 234.567", "1234.567"), ("12,5", "12.5"), ("12,50", "12.5"), ("-5", "-5"), ("− 5", "-5"), ("–5", "-5"),
    ("+3", "3"), (",5", "0.5"), (".5", "0.5"), ("5.", "5"), ("5,", "5"), (" 7 ", "7"), ("007", "7"), ("1e5", "100000"),
    ("1,5E-3", "0.0015"), ("１２，５", "12.5"), ("0", "0"), ("9" * 30, "9" * 30), ("12.345.678,90", "12345678.9"),
])
def test_one_reading(text, value):
    assert [*readings(text)] == [Decimal(value)]
    assert parse(text) == Decimal(value)


@pytest.mark.parametrize(("text", "values"), [
    ("1.234", ("1.234", "1234")), ("1,234", ("1.234", "1234")), ("-12.345", ("-12.345", "-12345")),
    ("123,456", ("123.456", "123456")), ("12 %", ("12", "0.12")), ("12,5%", ("12.5", "0.125")),
])
def test_two_readings(text, values):
    assert set(readings(text)) == {Decimal(value) for value in values}
    assert parse(text) is None


@pytest.mark.parametrize("text", [
    "", " ", "abc", "5 km", "5km", "1/2", "1.234.56", "1,2,3", "1.2,3.4", "1.234,567.8", "1..2", "1.,2", "--5", "5-",
    "1 23", "1  234", "12 34", "1.23.456", "1234.567.890", "1 234.567,8", "9" * 31, "1e31", "1e-31", "1e999999999",
    "e5", "1e", "²", "½", "١٢", "0x10", "1_000", "NaN", "Infinity", "%", "%5", "5%%", ".", ",", "-", "+", "1e5e5",
    "5 €", "\0",
])
def test_no_number(text):
    assert readings(text) == ()
    assert parse(text) is None


@pytest.mark.parametrize(("text", "low", "high"), [
    ("23.53", "23.53", "23.53"), ("23.53±0.01", "23.52", "23.54"), ("23.53 ± 0.01", "23.52", "23.54"),
    ("1.5..2.5", "1.5", "2.5"), ("-1..1", "-1", "1"), ("-5±0", "-5", "-5"), ("1e5", "100000", "100000"),
    ("2..2", "2", "2"), (".5", "0.5", "0.5"), ("5.", "5", "5"),
    ("9" * 30 + "±1e-30", "9" * 29 + "8." + "9" * 30, "9" * 30 + "." + "0" * 29 + "1"),
])
def test_an_interval(text, low, high):
    assert interval(text) == (Decimal(low), Decimal(high))


@pytest.mark.parametrize("text", ["", "1..", "..1", "2..1", "5±-1", "5±", "1,5", "1.234,5", "x", "1..2..3", "1±2±3",
                                  "1e99", "9" * 31, "NaN", "Infinity", "1 000", "5%", "1e999999999", "5.." + "9" * 31])
def test_no_interval(text):
    with pytest.raises(ValueError):
        interval(text)


@pytest.mark.parametrize(("accepted", "given_", "right"), [
    ("23.53±0.01", "23,52", True), ("23.53±0.01", "23,54", True), ("23.53±0.01", "23,519", False),
    ("23.53±0.01", "23,541", False), ("23.53", "23,530", True), ("23.53", "23,5300001", False),
    ("1.5..2.5", "1,5", True), ("1.5..2.5", "2.5", True), ("1.5..2.5", "2,50001", False),
    ("1234", "1.234", True), ("1.234", "1.234", True), ("1.234", "1,234", True), ("1235", "1.234", False),
    ("12", "12%", True), ("0.12", "12 %", True), ("0.1±0.2", "0,3", True), ("1200", "12%", False), ("5", "năm", False),
])
def test_the_ends_of_an_interval_belong_to_it(accepted, given_, right):
    assert accepts(accepted, given_) is right


@given(st.decimals(-10**9, 10**9, places=2))
def test_every_spelling_of_a_number_is_read(value):
    vietnamese = f"{value:,.2f}".translate(str.maketrans(",.", ".,"))
    for text in (f"{value:.2f}", f"{value:.2f}".replace(".", ","), f"{value:,.2f}", vietnamese,
                 f"{value:,.2f}".replace(",", " "), vietnamese.replace("-", "\u2212")):
        assert readings(text) == (value,)
    assert interval(str(value)) == (value, value)


@given(st.integers(1, 999), st.integers(0, 999))
def test_exactly_three_digits_behind_one_sign_are_ambiguous(whole, rest):
    assert set(readings(f"{whole}.{rest:03}")) == {Decimal(f"{whole}.{rest:03}"), Decimal(whole * 1000 + rest)}
    assert readings(f"{whole}.{rest:03}0") == (Decimal(f"{whole}.{rest:03}"),)
    assert readings(f"0,{rest:03}") == (Decimal(f"0.{rest:03}"),)


@given(st.text(st.sampled_from("0123456789.,+-−% eE±"), max_size=40) | st.text(max_size=40))
def test_any_text_is_read_or_refused(text):
    assert all(value.is_finite() for value in readings(text))
    try:
        low, high = interval(text)
    except ValueError:
        return
    assert low <= high
