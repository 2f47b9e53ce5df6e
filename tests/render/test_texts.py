"""Items that are texts: their excerpts take the place of thumbnails, and nothing of them runs."""

from dataclasses import replace

import html5lib
from reports import HOSTILE, texts

from labelaudit.render.galleries import N_EXCERPTS
from labelaudit.render.html import to_html
from labelaudit.render.json import from_json, to_json
from labelaudit.render.text import visible


def quotes_of(page: str) -> list[str]:
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    return ["".join(quote.itertext()) for quote in tree.iter("blockquote")]


def test_the_first_texts_are_shown_and_the_others_are_in_a_table() -> None:
    report = texts()
    gallery = report.measures[0].galleries[0]
    page = to_html(report)
    quotes = quotes_of(page)
    excerpts = [visible(sample.excerpt or "") for sample in gallery.samples]
    assert quotes[:N_EXCERPTS] == excerpts[:N_EXCERPTS]
    assert quotes[N_EXCERPTS:] == excerpts[:6]
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    cells = {"".join(cell.itertext()) for cell in tree.iter("td")}
    assert set(excerpts[N_EXCERPTS:]) <= cells
    assert "<img" not in page


def test_texts_are_escaped() -> None:
    page = to_html(texts())
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    assert len(list(tree.iter("script"))) == 1
    shown = quotes_of(page)
    assert all(visible(text) in shown for text in HOSTILE)
    assert "cat[U+202E]gpj.exe" in shown


def test_items_without_a_text_are_listed_with_their_reason() -> None:
    report = texts()
    noise = report.measures[0]
    gallery = noise.galleries[0]
    samples = (replace(gallery.samples[0], excerpt=None, detail="the text is empty"),)
    noise = replace(noise, galleries=(replace(gallery, samples=samples),))
    page = to_html(replace(report, measures=(noise,)))
    assert not quotes_of(page)
    assert "the text is empty" in page
    assert "Without a picture" not in page


def test_a_picture_that_is_not_there_breaks_no_page_of_texts() -> None:
    report = texts()
    noise = report.measures[0]
    gallery = noise.galleries[0]
    samples = tuple(replace(sample, thumbnail="gone") for sample in gallery.samples[:3])
    noise = replace(noise, galleries=(replace(gallery, samples=samples),))
    assert len(quotes_of(to_html(replace(report, measures=(noise,))))) == 3


def test_the_json_keeps_excerpts() -> None:
    report = from_json(to_json(texts()))
    assert report.dataset.modality == "text"
    assert report.measures[0].galleries[0].samples[0].excerpt == HOSTILE[0]
