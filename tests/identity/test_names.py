import random
import unicodedata

import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from contest.extensions import db
from contest.identity.names import fold, mask, name_sort_key, sort_key, tidy

# By hand, after the CLDR collation `vi`.
WORDS = ["an", "àn", "ản", "ãn", "án", "ạn", "ăn", "ằn", "ắn", "ân", "ấn", "bình", "chi", "dung", "dũng", "đa",
         "đào", "em", "êm", "gia", "hà", "hoa", "hòa", "lan", "lán", "ngô", "oanh", "ôn", "ơn", "phú", "quý", "tâm",
         "trí", "uyên", "ưng", "vũ", "xuân", "yên"]
NAMES = ["Nguyễn Văn An", "Trần Văn An", "Lê Thị Ân", "Đỗ Dung", "Lê Đào", "Nguyễn Thị Hà", "Nguyễn Văn Hà",
         "Phạm Hòa", "Bùi Ơn", "Đặng Ưng"]


@pytest.mark.parametrize(("wanted", "key"), [(WORDS, sort_key), (NAMES, name_sort_key)])
def test_the_order_of_a_vietnamese_list(wanted, key):
    for seed in range(20):
        shuffled = random.Random(seed).sample(wanted, len(wanted))
        assert sorted(shuffled, key=key) == wanted


def test_every_database_compares_the_keys_by_code_point(app):
    """PostgreSQL in a Vietnamese or English collation would skip the signs that the keys are made of."""
    for table in db.metadata.sorted_tables:
        if "sort_key" in table.c:
            ddl = str(CreateTable(table).compile(dialect=postgresql.dialect()))
            assert 'COLLATE "C"' in next(line for line in ddl.splitlines() if line.strip().startswith("sort_key"))


def test_case_and_composition_do_not_change_the_order():
    assert sort_key("ĐỖ ÂN") == sort_key("đỗ ân") == sort_key(unicodedata.normalize("NFD", "Đỗ Ân"))


@pytest.mark.parametrize(("text", "folded"), [
    ("Đỗ  Thị Ân", "do thi an"), ("SỞ NỘI VỤ", "so noi vu"), ("Ưỡn ườn", "uon uon"), ("", ""),
    (unicodedata.normalize("NFD", "Phường Mỹ Tho"), "phuong my tho"), (" a\u00a0b\t", "a b")])
def test_folding(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(("name", "masked"), [
    ("Nguyễn Thị Hồng Hạnh", "N. T. H. Hạnh"), ("An", "An"), ("Đỗ Ân", "Đ. Ân"), ("", "")])
def test_masking(name, masked):
    assert mask(name) == masked


def test_tidying():
    assert tidy(unicodedata.normalize("NFD", " Đỗ \u00a0Ân ")) == "Đỗ Ân"
