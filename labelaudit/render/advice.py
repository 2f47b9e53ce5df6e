"""What to say of a number that is not as it should be, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from labelaudit.limits import AUDITED, MODEL_ESTIMATED, NOMINAL, ORDINAL
from labelaudit.render.places import (
    Places,
    ends,
    examples,
    holding,
    kinds,
    named,
    nowhere,
    tested,
    worse,
    worst,
)
from labelaudit.report import Privacy

TESTED: Final = "as tests decide, with 5 % false discoveries allowed"
SUSPECTED: Final = "a model suspects them, which is no proof"
REVIEW: Final = "`labelaudit review report.json --fix` shows them, the likeliest first"
FAULTS: Final = "dark, light, blurred, nearly empty, gray, turned or of an odd form"
SCAN: Final = "a scan of the data lists them"


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """The words of an alert.

    Attributes
    ----------
    one, many
        What follows the number, where it is 1 and where it is not.
    remedy
        What to do about it; commands and names of files between backticks.
    where
        What finds the classes, splits or files that it comes from.
    sure
        How sure the number is, where that is not told by the number itself.
    public
        What to do instead, for readers who have neither the items nor a list of them; where it is
        empty, that is the remedy without the file that lists them.
    """

    one: str
    many: str
    remedy: str
    where: Places = nowhere
    sure: str = ""
    public: str = ""

    def remedy_of(self, privacy: Privacy) -> str:
        """Return what to do, for the readers of a report."""
        if privacy != "public":
            return self.remedy
        said, listed, _ = self.remedy.partition(": `issues.csv`")
        return self.public or (f"{said}; {SCAN}." if listed else self.remedy)


def _said(
    words: str, remedy: str, where: Places = nowhere, sure: str = "", public: str = ""
) -> Advice:
    return Advice(one=words, many=words, remedy=remedy, where=where, sure=sure, public=public)


def _agreement(name: str) -> Advice:
    return _said(
        f"is how far annotators agree ({name}; 1 is perfect, 0 is chance)",
        "Make the instructions clearer for the classes that are disputed most, and have "
        "those items judged again.",
        worst("annotator_agreement", "disputed", "items", of=("class", "other")),
    )


ADVICE: Final[Mapping[tuple[str, str], Advice]] = MappingProxyType(
    {
        ("audited_labels", AUDITED): _said(
            "of the labels are wrong, as people judged",
            f"Correct the labels: {REVIEW}; then scan again. To narrow the interval, judge more: "
            "`labelaudit review report.json` draws them.",
            worst("audited_labels", "per_class", "rate"),
            public=f"Correct the labels: {SCAN}, the likeliest first; then scan again.",
        ),
        ("label_noise", MODEL_ESTIMATED): _said(
            "of the labels may be wrong, as a model estimates",
            "Judge a drawn sample with `labelaudit review report.json`, so that the rate is known; "
            f"correct the suspects: {REVIEW}.",
            worst("label_noise", "per_class", "expected_error_share"),
            public="Judge a drawn sample, so that the rate is known; correct the suspects: "
            f"{SCAN}, the likeliest first.",
        ),
        ("label_noise", "suspected_errors_count"): Advice(
            one="label is suspected to be wrong",
            many="labels are suspected to be wrong",
            remedy=f"Look at them: {REVIEW}.",
            where=worst("label_noise", "per_class", "suspected"),
            sure=SUSPECTED,
            public=f"Look at them: {SCAN}, the likeliest first.",
        ),
        ("integrity", "contradictory_duplicates_count"): Advice(
            one="file equals another that has a different label",
            many="equal files have different labels",
            remedy="Decide which label is right, and keep one file of each group: "
            "`issues.csv`, rule `contradictory_duplicates`.",
            where=examples("integrity", "contradictory_duplicates"),
        ),
        ("integrity", "duplicates_across_splits_count"): Advice(
            one="file is in more than one split",
            many="equal files are in different splits",
            remedy="Keep each in one split only, so that no model is tested on what it learned: "
            "`issues.csv`, rule `duplicates_across_splits`.",
            where=worst(
                "leakage",
                "leaked_by_split",
                "leaked",
                of=("split",),
                only=holding("shares", "an equal file"),
            ),
        ),
        ("integrity", "groups_across_splits_count"): Advice(
            one="group has items in several splits",
            many="groups have items in several splits",
            remedy="Split by group, not by item: else a model is tested on groups that it learned.",
            where=worst(
                "leakage",
                "leaked_by_split",
                "leaked_share",
                of=("split",),
                only=holding("shares", "the same group (patient, source, video)"),
            ),
        ),
        ("integrity", "exact_duplicates_count"): Advice(
            one="file repeats another",
            many="files repeat others",
            remedy="Keep one of each group: `issues.csv`, rule `exact_duplicates`.",
            where=examples("integrity", "exact_duplicates"),
        ),
        ("integrity", "unreadable_count"): Advice(
            one="item cannot be read",
            many="items cannot be read",
            remedy="Restore them from the source, or take them out: "
            "`issues.csv`, rule `unreadable`.",
            where=examples("integrity", "unreadable"),
        ),
        ("integrity", "unlabelled_count"): Advice(
            one="item has no label",
            many="items have no label",
            remedy="Label them, or take them out: `issues.csv`, rule `unlabelled`.",
            where=examples("integrity", "unlabelled"),
        ),
        ("near_duplicates", "near_duplicates_count"): Advice(
            one="item is nearly the same as another",
            many="items are nearly the same as others",
            remedy="Look at the groups, and keep one of each that tells nothing new: "
            "`issues.csv`, rule `near_duplicates`.",
            where=examples("near_duplicates", "near_duplicates"),
        ),
        ("near_duplicates", "contradictory_near_duplicates_count"): Advice(
            one="near duplicate is in a group with different labels",
            many="near duplicates are in groups with different labels",
            remedy="Decide which label is right: `issues.csv`, rule `near_duplicates`.",
        ),
        ("near_duplicates", "near_duplicates_across_splits_count"): Advice(
            one="near duplicate is in another split than its like",
            many="near duplicates are in other splits than their like",
            remedy="Keep each group in one split: `issues.csv`, rule `near_duplicates`.",
            where=worst(
                "leakage",
                "leaked_by_split",
                "leaked_share",
                of=("split",),
                only=holding("shares", "an exact or near copy"),
            ),
        ),
        ("leakage", "copies_across_groups_count"): Advice(
            one="item has a copy in another group",
            many="items have a copy in another group",
            remedy="Correct the column of groups: copies of one item are of one group.",
        ),
        ("class_imbalance", "imbalance_ratio"): _said(
            "times as many items in the most common class as in the rarest",
            "Collect more of the rare classes, weigh them up in training, and report scores by "
            "class. Class-balanced weights are in `report.json`.",
            ends("class_imbalance", "classes", "count"),
        ),
        ("class_imbalance", "empty_class_count"): Advice(
            one="declared class has no items",
            many="declared classes have no items",
            remedy="Take them out of the list of classes, or find out why their items are missing.",
        ),
        ("multi_label", "empty_label_count"): Advice(
            one="declared label has no items",
            many="declared labels have no items",
            remedy="Take them out of the list of labels, or find out why their items are missing.",
        ),
        ("annotator_agreement", NOMINAL): _agreement("Krippendorff's alpha"),
        ("annotator_agreement", ORDINAL): _agreement("Krippendorff's alpha for ordered classes"),
        ("annotator_consensus", "consensus_differs_count"): Advice(
            one="label differs from what its annotators agree on",
            many="labels differ from what their annotators agree on",
            remedy="Look at them: `issues.csv`, rule `consensus_differs`.",
            where=examples("annotator_consensus", "consensus_differs"),
            sure="a model of the annotators says so",
        ),
        ("annotator_quality", "outvoted_annotator_count"): Advice(
            one="annotator differs from most others",
            many="annotators differ from most others",
            remedy="Ask whether the instructions were clear to them; judge a sample of their "
            "items again.",
        ),
        ("label_shift", "moved_class_count"): Advice(
            one="class has another share in another split",
            many="classes have other shares in other splits",
            remedy="Split by class (stratified), or say why the shares differ, and weigh scores.",
            where=named("label_shift", "moved_classes", "class", tested),
            sure=TESTED,
        ),
        ("label_shift", "one_split_class_count"): Advice(
            one="class is missing from a split",
            many="classes are missing from a split",
            remedy="Split by class, so that each is both learned and tested.",
            where=named("label_shift", "lacking_classes", "class"),
        ),
        ("multi_label_splits", "moved_label_count"): Advice(
            one="label has another share in another split",
            many="labels have other shares in other splits",
            remedy="Split by labels (iterative stratification), or say why the shares differ.",
            where=named("multi_label_splits", "moved_labels", "label", tested),
            sure=TESTED,
        ),
        ("multi_label_noise", "suspected_missing_count"): Advice(
            one="label is suspected missing",
            many="labels are suspected missing",
            remedy="Look at them: `issues.csv`, rule `missing_labels`.",
            where=worst("multi_label_noise", "label_noise_by_label", "suspected_missing"),
            sure=SUSPECTED,
        ),
        ("multi_label_noise", "suspected_spurious_count"): Advice(
            one="label is suspected spurious",
            many="labels are suspected spurious",
            remedy="Look at them: `issues.csv`, rule `spurious_labels`.",
            where=worst("multi_label_noise", "label_noise_by_label", "suspected_spurious"),
            sure=SUSPECTED,
        ),
        ("covariate_shift", "split_auc"): _said(
            "is how surely two splits are told apart from their items (AUC; 0.5 is chance)",
            "Find out what differs (source, time, processing), and draw the splits at random, by "
            "group where items have one.",
            worst("covariate_shift", "pairs", "auc", of=("split", "other_split"), only=tested),
        ),
        ("covariate_shift", "shifted_class_count"): Advice(
            one="class looks different in different splits",
            many="classes look different in different splits",
            remedy="Compare their items in the splits: source, time, processing.",
            sure=TESTED,
        ),
        ("target_distribution", "outlying_targets_count"): Advice(
            one="target is far from all others",
            many="targets are far from all others",
            remedy="Look for mistakes of typing and of units: `issues.csv`, rule "
            "`outlying_targets`.",
            where=examples("target_distribution", "outlying_targets"),
        ),
        ("worst_slices", "worse_slice_count"): Advice(
            one="slice has more suspected labels than the rest",
            many="slices have more suspected labels than the rest",
            remedy="Review these slices first.",
            where=worst(
                "worst_slices", "slices", "suspected_share", of=("cut_by", "slice"), only=worse
            ),
            sure=TESTED,
        ),
        ("spurious_correlation", "told_pairs_count"): Advice(
            one="class can be told from a property that should say nothing of it",
            many="times a class can be told from a property such as brightness or size",
            remedy="Ask whether that holds where a model will be used; if not, collect items "
            "that break the rule.",
            where=worst(
                "spurious_correlation",
                "properties_by_class",
                "separation",
                of=("property", "class"),
                only=holding("told", cell=True),
            ),
            sure="as tests decide; an association is no proof that a model would use it",
        ),
        ("image_faults", "faulty_count"): Advice(
            one=f"image stands out as {FAULTS}",
            many=f"images stand out as {FAULTS}",
            remedy="Look at them: `issues.csv` has a rule for each fault.",
            where=kinds("image_faults", "faulty_count"),
        ),
        ("benchmark_stability", "undecided_pairs_count"): Advice(
            one="pair of models is not ranked for sure by these labels",
            many="pairs of models are not ranked for sure by these labels",
            remedy="Have the items judged that decide it: `issues.csv`, rule `deciding_labels`.",
        ),
    }
)
