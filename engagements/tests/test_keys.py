"""A key's place in a URL: what a browser makes of it is still that place."""

from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve, reverse
from hypothesis import given
from hypothesis import strategies as st

from engagements.keys import KeyConverter

HOSTILE = st.text(st.sampled_from("./\\%?#~:;@&= 2eEfF5cC-_A\n\t\r…é\u202e"), min_size=1)
KEYS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1)


def url_of(key: str) -> str:
    return reverse("work_detail", kwargs={"ref": "a" * 10, "number": 1, "key": key})


@given(HOSTILE | KEYS)
def test_a_browser_that_follows_the_link_asks_for_this_key(key: str) -> None:
    url = url_of(key)
    there = urlsplit(urljoin("https://portal.example/engagements/", url))
    assert (there.netloc, there.path, there.query) == ("portal.example", url, "")
    assert resolve(there.path).kwargs["key"] == key


@given(HOSTILE | KEYS)
def test_it_is_one_segment_that_nobody_normalises(key: str) -> None:
    *above, segment, end = url_of(key).split("/")
    assert (above[-2:], end) == (["work", "1"], "")
    assert segment.strip(".")
    assert not set(segment) & set("%\\?#:;")


@pytest.mark.parametrize("key", ["ABC-12", "ABC_X-1", "12", "v1.2-7"])
def test_ordinary_keys_can_be_read(key: str) -> None:
    assert url_of(key).endswith(f"/work/1/{key}/")


@pytest.mark.parametrize(
    "segment", ["~QUJDLTEy", "~Lg==", "~Lh", "~", "~_w", "~L", "..", "-A", "~AA"]
)
def test_there_is_one_url_for_a_key(segment: str) -> None:
    """Not a second one for ABC-12 or ".", no half letters, and no NUL."""
    with pytest.raises(Resolver404):
        resolve(f"/engagements/{'a' * 10}/work/1/{segment}/")


@given(st.text(st.sampled_from("~AQLghw_-.0"), min_size=1))
def test_what_is_read_is_written_the_same(segment: str) -> None:
    try:
        key = KeyConverter().to_python(segment)
    except ValueError:
        return
    assert KeyConverter().to_url(key) == segment
