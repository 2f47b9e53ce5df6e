"""Reports to render: the numbers are made up, the shapes are those of real scans."""

from dataclasses import replace

from mapped import mapped

from labelaudit.limits import starting_limits
from labelaudit.report import (
    TOPICS,
    Column,
    DatasetFacts,
    EmbeddingFacts,
    Gallery,
    MeasureResult,
    Neighbor,
    Report,
    Run,
    Sample,
    Statement,
    Table,
    Value,
)

ANIMALS = ("antelope", "badger", "cougar", "dingo", "egret", "ferret", "gecko", "heron")
COUNTS = (2400, 1310, 920, 610, 402, 231, 96, 31)
SUSPECTED = (41, 62, 20, 33, 9, 14, 4, 2)
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "javascript:alert(3)",
    "{{ 7 * 7 }}{% include 'label.css' %}",
    "cat\u202egpj.exe",
    "\x1b[31mred\x07\x00",
    "[bold red]markup[/bold red]",
    "]]></text><script>alert(4)</script>",
    "' onmouseover='alert(5)",
    "\ud800 lone",
    "名" * 60,
    "a" * 600,
    "مرحبا بالعالم",
)
THUMBNAILS = {
    "t0": (
        "UklGRpIAAABXRUJQVlA4IIYAAAAwBQCdASoYABgAPu1wsVKppiSiqAgBMB2JQBOmUJBTOdUQsAflJht23NYq4a65"
        "+ZDDQAD+3llYvS3bJySvEljk69VtF6T2vUoo3NLN6oU0NKCLO6NddcgSIqbYH1y2obvd3HrOoJtWW/Rr4geFa9QM"
        "BE+k7rjT6xaopXcJwWP1ADUdbAAAAA=="
    ),
    "t1": (
        "UklGRlYAAABXRUJQVlA4IEoAAAAwBACdASoYABgAPu1qrVAppiQisBgIATAdiUAABc6zbocXcEbo1oREwAAA/upj"
        "L8bV370k9Uj4MAVs1TLr4UaP5CtWrRRIuwAAAA=="
    ),
    "t2": (
        "UklGRo4AAABXRUJQVlA4IIIAAAAwBQCdASoYABgAPu1oq08ppiOiKA1RMB2JaACdM2Qljwv9cH31f7E8kSuR5QTM"
        "P1xoAAD+6mZ51uB0j0adxtpwsD7abpyW07lPzC0+w/gEt46vlYDKBlCNXRsIM9VV3B55phfdRlTyUOo4FhCLMFCw"
        "u6qeQR501WjsXEI0IOMlgAAA"
    ),
    "t3": (
        "UklGRl4AAABXRUJQVlA4IFIAAADQAwCdASoYABgAPu1yr1IppyQiqAgBMB2JQBkTAhvV2obxXDB2MQAA/t6UsIcB"
        "JYzz3poFPpD0afjBNjVG5ZP+C4L80gE1qaKALCr6rYonZAAA"
    ),
}


def full() -> Report:
    """Return a single-label dataset of which everything was measured."""
    report = Report(
        tool_version="0.1.0",
        dataset=_dataset(),
        embedding=_embedding(),
        random_state=0,
        measures=(
            _label_noise(),
            _class_imbalance(),
            _not_measured(
                "multi_label", "multi_label", "Labels an item", "every item has one label"
            ),
            _sharpness("embedding_label_sharpness", "Label sharpness in the embedding", 0.731),
            _sharpness("label_sharpness", "Label sharpness", 0.0924),
            _not_measured(
                "annotator_agreement",
                "annotators",
                "Annotator agreement",
                "no annotations are given",
            ),
            _integrity(),
            _near_duplicates(),
        ),
        thumbnails=THUMBNAILS,
        run=_run(),
    )
    return replace(report, limits=starting_limits(report.dataset.task, report.measures))


def nothing_measured() -> Report:
    """Return a report in which each measure lacked its input, and one failed."""
    report = full()
    measures = [
        _not_measured(found.name, found.family, found.title, "no item could be read")
        for found in report.measures
    ]
    measures[2] = replace(measures[2], status="failed", reason="MemoryError: 12 GB were asked for")
    dataset = replace(report.dataset, n_unreadable=None, splits={}, ignored={}, manifest="")
    return replace(report, measures=tuple(measures), dataset=dataset, embedding=None, thumbnails={})


def hostile() -> Report:
    """Return a report in which every text is an attack."""
    report = full()
    table = Table(
        name=HOSTILE[0],
        title=HOSTILE[1],
        columns=(Column(name=HOSTILE[0]), Column(name=HOSTILE[1], unit=HOSTILE[2])),
        rows=tuple((name, 1.5) for name in HOSTILE),
        omitted=3,
    )
    samples = tuple(
        Sample(
            path=name,
            split=name,
            given_label=name,
            suggested_label=name,
            score=0.5,
            detail=name,
            thumbnail="t0",
        )
        for name in HOSTILE
    )
    gallery = Gallery(name=HOSTILE[1], title=HOSTILE[0], samples=samples)
    result = MeasureResult(
        name=HOSTILE[1],
        family=HOSTILE[0],
        title=HOSTILE[1],
        summary=HOSTILE[0],
        status="measured",
        values=(
            Value(name=HOSTILE[0], title=HOSTILE[1], value=1, unit=HOSTILE[0], note=HOSTILE[1]),
        ),
        tables=(table,),
        galleries=(gallery,),
        notes=HOSTILE,
        parameters={HOSTILE[1]: HOSTILE[0]},
    )
    noise = replace(_label_noise(), tables=(table,), galleries=(gallery,), notes=HOSTILE)
    dataset = replace(
        report.dataset,
        name=HOSTILE[1] + HOSTILE[4] + HOSTILE[10],
        digest=HOSTILE[0],
        format=HOSTILE[1],
        why=HOSTILE,
        manifest=HOSTILE[5],
        class_names=HOSTILE,
        ignored=dict.fromkeys(HOSTILE, 2),
        splits=dict.fromkeys(HOSTILE, 7),
        statements=tuple(
            Statement(topic=topic, text=text, source=text)
            for topic, text in zip(TOPICS, HOSTILE, strict=False)
        ),
        unread_papers=HOSTILE,
    )
    broken = replace(result, name="../label", status="failed", reason=HOSTILE[1])
    embedding = replace(_embedding(), model=HOSTILE[1], model_sha256=HOSTILE[0])
    run = replace(
        report.run, started=HOSTILE[0], provider=HOSTILE[1], packages={HOSTILE[1]: HOSTILE[0]}
    )
    return replace(
        report,
        tool_version=HOSTILE[0],
        dataset=dataset,
        embedding=embedding,
        measures=(noise, result, broken, *report.measures[1:]),
        run=run,
    )


def multilabel() -> Report:
    """Return a multi-label dataset with several annotators."""
    report = full()
    pairs = (("badger", "cougar", 210), ("antelope", "egret", 160), ("antelope", "badger", 44))
    co_occurrence = Table(
        name="pairs",
        title="Labels that go together, or apart",
        columns=(
            Column(name="label"),
            Column(name="other_label"),
            Column(name="together", unit="count"),
        ),
        rows=pairs,
        omitted=25,
    )
    multi = MeasureResult(
        name="multi_label",
        family="multi_label",
        title="Labels an item",
        summary="How many labels items have, and which are given together.",
        status="measured",
        values=(
            _value("cardinality", "Cardinality", 1.84),
            _value("density", "Density", 0.23, "share"),
            _value("labelsets_count", "Distinct labelsets", 61, "count"),
            _value("mean_ir", "Mean imbalance ratio", 9.31),
            _value("scumble", "SCUMBLE", 0.112),
        ),
        tables=(replace(_class_table(), name="labels", title="Items by label"), co_occurrence),
    )
    agreement = MeasureResult(
        name="annotator_agreement",
        family="annotators",
        title="Annotator agreement",
        summary="How far annotators agree beyond chance.",
        status="measured",
        values=(
            Value(
                name="krippendorff_alpha",
                title="Krippendorff's alpha",
                value=0.7183,
                better="higher",
                low=0.6902,
                high=0.7444,
                interval="95% over resampled items",
            ),
        ),
    )
    noise = _not_measured(
        "label_noise", "label_noise", "Label noise", "items have several labels each"
    )
    measures = (noise, multi, agreement, *report.measures[3:5], *report.measures[6:])
    dataset = replace(report.dataset, name="field-cameras", task="multilabel")
    limits = starting_limits(dataset.task, measures)
    return replace(report, dataset=dataset, measures=measures, limits=limits)


def texts() -> Report:
    """Return a dataset of texts, some of which are attacks, shown one by one, then in a table."""
    report = full()
    sentences = [*HOSTILE, *(f"Reviewer {number} liked the ending. " * 6 for number in range(47))]
    suspects = Gallery(
        name="suspects",
        title="Most suspected labels",
        samples=tuple(
            Sample(
                path=f"row/{number:08}",
                split="train",
                given_label="badger",
                suggested_label="ferret",
                score=0.5 + number,
                excerpt=sentence,
            )
            for number, sentence in enumerate(sentences)
        ),
    )
    grouped = tuple(replace(sample, group=at // 2) for at, sample in enumerate(suspects.samples))
    duplicates = replace(
        _near_duplicates(),
        galleries=(Gallery(name="near", title="Near duplicates", samples=grouped[:6]),),
    )
    noise = replace(_label_noise(), galleries=(suspects,))
    measures = (noise, *report.measures[1:-1], duplicates)
    dataset = replace(report.dataset, name="reviews", modality="text")
    return replace(report, dataset=dataset, measures=measures, thumbnails={})


def audited() -> Report:
    """Return a report after people judged a sample, its suspects beside their neighbors."""
    report = full()
    shares = (
        ("audited_error_rate", "Label errors, audited", 0.0312, 0.0184, 0.0493),
        ("sole_correct_share", "The given label is right, alone", 0.9305, 0.9001, 0.9555),
    )
    values = tuple(
        Value(
            name=name,
            title=title,
            value=value,
            unit="share",
            low=low,
            high=high,
            interval="95 % over what is drawn: 200 items judged by 2 people in 1 sample",
        )
        for name, title, value, low, high in shares
    )
    audit = MeasureResult(
        name="audited_labels",
        family="label_noise",
        title="Audited labels",
        summary="Estimate the rate of label errors from what people judged of drawn samples.",
        status="measured",
        values=(*values, _value("drawn_judged_count", "Judged items", 200, "count")),
    )
    beside = tuple(
        Neighbor(path=f"train/badger/{at}.jpg", given_label="badger", thumbnail=f"t{at}")
        for at in range(3)
    )
    noise = report.measures[0]
    gallery = noise.galleries[0]
    samples = tuple(
        replace(sample, neighbors=beside, evidence={"error_probability": 0.97})
        for sample in gallery.samples
    )
    noise = replace(noise, galleries=(replace(gallery, samples=samples),))
    return replace(report, measures=(audit, noise, *report.measures[1:], mapped()))


CASES = {
    "full": full,
    "audited": audited,
    "nothing_measured": nothing_measured,
    "hostile": hostile,
    "multilabel": multilabel,
    "texts": texts,
}


def _dataset() -> DatasetFacts:
    return DatasetFacts(
        name="animals-v2",
        digest="9f3c1ab07d42e58166c0b4f7a2d9830e5c7146bb20fd91e3a8475c6d02be9f14",
        format="class_folders",
        why=("split and class folders: test, train",),
        manifest="",
        task="multiclass",
        class_names=ANIMALS,
        n_found=6021,
        n_items=6012,
        n_unlabelled=12,
        n_unreadable=4,
        ignored={"hidden, or __MACOSX": 6, "not an image by its name": 3},
        splits={"train": 5011, "test": 1001},
        statements=(
            Statement(topic="version", text="2.1", source="croissant.json: version"),
            Statement(topic="license", text="cc-by-4.0", source="README.md: license"),
            Statement(
                topic="out_of_scope_use",
                text="Counting animals in the wild.",
                source="README.md: Out-of-Scope Use",
            ),
            Statement(topic="homepage", text="https://example.org/a", source="croissant.json: url"),
        ),
        unread_papers=("CITATION.cff: is no YAML (line 3)",),
    )


def _embedding() -> EmbeddingFacts:
    return EmbeddingFacts(
        model="builtin-small",
        model_sha256="77ab0c2ce1d94f1f8a6e3b5d20c4f7193e82a6d05b9c14f7e0d3a8261c5f9b04",
        preprocessing="shorter side to 224, center crop, RGB in [0, 1]",
        n_features=384,
        n_embedded=6008,
    )


def _run() -> Run:
    return Run(
        started="2026-01-31T09:00:00Z",
        seconds={"embed": 41.27, "measure": 3.94, "read": 0.62},
        provider="CPUExecutionProvider",
        node_providers={"CPUExecutionProvider": 112},
        n_from_cache=5100,
        python="3.12.1",
        packages={"numpy": "2.2.0", "onnxruntime": "1.24.0"},
    )


def _value(name: str, title: str, value: float | None, unit: str = "") -> Value:
    return Value(name=name, title=title, value=value, unit=unit)


def _not_measured(name: str, family: str, title: str, reason: str) -> MeasureResult:
    return MeasureResult(
        name=name,
        family=family,
        title=title,
        summary=f"{title}, in one sentence.",
        status="not_measured",
        reason=reason,
    )


def _label_noise() -> MeasureResult:
    per_class = Table(
        name="per_class",
        title="Suspected by class",
        columns=(
            Column(name="class"),
            Column(name="judged", unit="count"),
            Column(name="suspected", unit="count"),
            Column(name="share", unit="share"),
            Column(name="expected_error_share", unit="share"),
        ),
        rows=(
            *(
                (name, count, wrong, wrong / count, 0.9 * wrong / count)
                for name, count, wrong in zip(ANIMALS, COUNTS, SUSPECTED, strict=True)
            ),
            ("ibex", 0, 0, None, None),
        ),
    )
    transitions = Table(
        name="transitions",
        title="From the given to the suggested label",
        columns=(
            Column(name="given"),
            Column(name="suggested"),
            Column(name="count", unit="count"),
        ),
        rows=(
            ("badger", "ferret", 48),
            ("dingo", "cougar", 29),
            ("antelope", "dingo", 21),
            ("antelope", "badger", 20),
            ("cougar", "dingo", 20),
            ("ferret", "badger", 14),
            ("egret", "heron", 9),
            ("gecko", "ferret", 4),
            ("heron", "egret", 2),
        ),
        omitted=4,
    )
    return MeasureResult(
        name="label_noise",
        family="label_noise",
        title="Label noise",
        summary="Which labels disagree with what their neighbors and a linear model say.",
        status="measured",
        values=(
            Value(
                name="suspected_errors_count",
                title="Suspected label errors",
                value=185,
                unit="count",
                better="lower",
            ),
            Value(
                name="suspected_errors_share",
                title="Share of items suspected",
                value=185 / 6000,
                unit="share",
                better="lower",
            ),
            Value(
                name="model_estimated_error_rate",
                title="Model-estimated error rate",
                value=0.041234567,
                unit="share",
                better="lower",
                low=0.0287,
                high=0.0561,
                interval="Range over two estimators and resampled items",
                note="Estimated by a model, not audited by a person.",
            ),
        ),
        tables=(per_class, transitions),
        galleries=(_suspects(),),
        notes=("badger and ferret overlap: 62 of their items are suspected of being the other",),
        parameters={"n_neighbors": 50, "threshold": 0.5, "weights": "distance"},
    )


def _suspects() -> Gallery:
    pairs = (("badger", "ferret"), ("dingo", "cougar"), ("antelope", "dingo"), ("egret", "heron"))
    return Gallery(
        name="suspects",
        title="Most suspected labels",
        samples=tuple(
            Sample(
                path=f"train/{given}/IMG_{4711 + 37 * number}.jpg",
                split="train",
                given_label=given,
                suggested_label=suggested,
                score=0.0021 + 0.013 * number,
                detail=f"{50 - number} of 50 neighbors are {suggested}",
                thumbnail=None if number == 7 else f"t{number % 4}",
            )
            for number, (given, suggested) in enumerate(pairs * 3)
        ),
        omitted=173,
    )


def _class_table() -> Table:
    return Table(
        name="classes",
        title="Items by class",
        columns=(
            Column(name="class"),
            Column(name="count", unit="count"),
            Column(name="share", unit="share"),
        ),
        rows=tuple((name, n, n / sum(COUNTS)) for name, n in zip(ANIMALS, COUNTS, strict=True)),
    )


def _class_imbalance() -> MeasureResult:
    return MeasureResult(
        name="class_imbalance",
        family="class_imbalance",
        title="Class imbalance",
        summary="How unevenly the items are spread over the classes.",
        status="measured",
        values=(
            _value("imbalance_ratio", "Imbalance ratio", 2400 / 31, "ratio"),
            _value("evenness", "Evenness", 0.7741),
            _value("effective_classes", "Effective classes", 5.0013),
            _value("few_shot_classes_count", "Classes with fewer than 20 items", 0, "count"),
            _value("balance_p_value", "p-value of balance", 0.0),
        ),
        tables=(_class_table(),),
        notes=("the rarest class, heron, has 31 items",),
        parameters={"beta": 0.9999, "few": 20, "many": 100},
    )


def _sharpness(name: str, title: str, value: float) -> MeasureResult:
    return MeasureResult(
        name=name,
        family="label_sharpness",
        title=title,
        summary="How steeply labels change from one item to the nearest of another class.",
        status="measured",
        values=(
            Value(
                name="kf_max",
                title="Label sharpness K_F",
                value=value,
                unit="1/distance",
                better="lower",
                low=0.97 * value,
                high=1.04 * value,
                interval="95 % t-interval over the draws",
                note="mean of 25 draws of 1,000 samples",
            ),
            _value("kf_null_ratio", "K_F against shuffled labels", None, "ratio"),
            _value("enemy_friend_ratio", "Nearest enemy over nearest friend", 1.31, "ratio"),
        ),
    )


def _integrity() -> MeasureResult:
    unreadable = Table(
        name="unreadable",
        title="Items that cannot be read",
        columns=(Column(name="path"), Column(name="problem")),
        rows=(
            ("train/gecko/IMG_0007.jpg", "the file is empty"),
            ("train/gecko/IMG_0031.jpg", "truncated: 1,024 of 9,310 bytes"),
            ("train/heron/notes.png", "no image: it starts with <!DOCTYPE"),
            ("test/egret/IMG_2210.jpg", "truncated: 4,096 of 8,127 bytes"),
        ),
    )
    return MeasureResult(
        name="integrity",
        family="integrity",
        title="Integrity",
        summary="Items that cannot be read, have no label, or are there twice.",
        status="measured",
        values=(
            _value("unreadable_count", "Unreadable items", 4, "count"),
            _value("unlabelled_count", "Unlabelled items", 12, "count"),
            _value("exact_duplicates_count", "Exact duplicates", 38, "count"),
            _value("contradictory_duplicates_count", "Duplicates that contradict", 3, "count"),
            _value("duplicates_across_splits_count", "Equal files in different splits", 0, "count"),
        ),
        tables=(unreadable,),
        notes=("3 items have the bytes of another item and a different label",),
    )


def _near_duplicates() -> MeasureResult:
    samples = tuple(
        Sample(
            path=f"{split}/{animal}/IMG_{3000 + 11 * group + len(split)}.jpg",
            split=split,
            given_label=animal,
            score=0.0041 * (group + 1),
            group=group,
            thumbnail=f"t{group}",
        )
        for group, animal in enumerate(("cougar", "egret", "gecko"))
        for split in ("train", "test")
    )
    return MeasureResult(
        name="near_duplicates",
        family="integrity",
        title="Near duplicates",
        summary="Items that look the same but differ in their bytes.",
        status="measured",
        values=(_value("near_duplicates_count", "Near duplicates", 91, "count"),),
        galleries=(Gallery(name="groups", title="Closest groups", samples=samples, omitted=85),),
        parameters={"max_distance": 0.05},
    )
