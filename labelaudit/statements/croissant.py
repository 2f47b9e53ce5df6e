"""A Croissant file: schema.org's properties and those of the Responsible AI extension.

The names are those of the specifications 1.0 and 1.1 and of the extension's vocabulary 1.0
(https://docs.mlcommons.org/croissant), whichever prefixes the ``@context`` gives them.
"""

from collections.abc import Iterator
from typing import Final

from labelaudit.report import TOPICS, Statement
from labelaudit.statements.data import Mapping, entries, listed, mapping, read_json, words
from labelaudit.statements.papers import MOST_JSON_BYTES, Kind
from labelaudit.statements.plain import from_markdown, states

SC: Final = "http://schema.org/"
CR: Final = "http://mlcommons.org/croissant/"
RAI: Final = "http://mlcommons.org/croissant/RAI/"
PREFIXES: Final = {"sc": SC, "schema": SC, "cr": CR, "rai": RAI, "dct": "http://purl.org/dc/terms/"}
CONFORMS: Final = ("http://purl.org/dc/terms/conformsTo", SC + "conformsTo", CR + "conformsTo")
DEEPEST: Final = 4
MEASURED: Final = "Measured by labelaudit: "  # so begins what the dataset's makers did not say
PROSE: Final = frozenset(TOPICS) - {"citation", "creators", "homepage", "license", "version"}

# The better property first. The last of some topics are names that the text of the extension
# has where its vocabulary has another.
PROPERTIES: Final = {
    "version": (SC + "version",),
    "description": (SC + "description",),
    "license": (SC + "license",),
    "creators": (SC + "creator", SC + "author", SC + "publisher"),
    "intended_use": (RAI + "dataUseCases", RAI + "useCases", SC + "usageInfo"),
    "out_of_scope_use": (RAI + "dataLimitations",),
    "collection": (
        *(RAI + "dataCollection", RAI + "dataCollectionRawData", RAI + "dataCollectionType"),
        RAI + "dataCollectionTimeframe",
    ),
    "annotation_process": (
        *(RAI + "dataAnnotationProtocol", RAI + "annotationProtocol"),
        *(RAI + "dataAnnotationPlatform", RAI + "machineAnnotationTools"),
        *(RAI + "dataAnnotationAnalysis", RAI + "annotationsPerItem"),
    ),
    "sensitive_data": (RAI + "personalSensitiveInformation",),
    "maintenance": (
        *(RAI + "dataReleaseMaintenancePlan", RAI + "dataReleaseMaintenance"),
        SC + "maintainer",
    ),
    "homepage": (SC + "url", SC + "sameAs"),
    "citation": (CR + "citeAs",),
}


def croissant(text: str, name: str) -> Iterator[Statement]:
    """Yield what a Croissant file states; nothing when the JSON is something else."""
    dataset, context = _dataset(read_json(text))
    found = {_iri(key, context): (key, value) for key, value in dataset.items()}
    conforms = listed(_said(found[key][1]) for key in CONFORMS if key in found)
    if "mlcommons.org/croissant" not in conforms and name.lower() != "croissant.json":
        return
    for topic, properties in PROPERTIES.items():
        for key, value in (found[iri] for iri in properties if iri in found):
            separator = ", " if topic == "creators" else "; "
            texts = (_said(entry) for entry in entries(value))
            said = listed((text for text in texts if not text.startswith(MEASURED)), separator)
            plain = from_markdown(said) if topic in PROSE else said
            yield from states(topic, plain, f"{name}: {key}")


def _dataset(document: object) -> tuple[Mapping, dict[str, str]]:
    """Return the node of the dataset and the prefixes and terms that its context declares."""
    top = mapping(document)
    context: dict[str, str] = {}
    for part in entries(top.get("@context")):
        for term, meaning in mapping(part).items():
            context[term] = words(meaning) or words(mapping(meaning).get("@id"))
    for node in map(mapping, entries(top.get("@graph"))):
        if any(words(kind).endswith("Dataset") for kind in entries(node.get("@type"))):
            return node, context
    return top, context


def _iri(key: str, context: dict[str, str]) -> str:
    """Return the full name of a property."""
    term = context.get(key) or key
    prefix, colon, rest = term.partition(":")
    if not colon:
        term = context.get("@vocab", SC) + term
    elif not rest.startswith("//"):
        term = (context.get(prefix) or PREFIXES.get(prefix) or prefix + ":") + rest
    return "http://" + term.removeprefix("https://") if term.startswith("https://") else term


def _said(value: object, depth: int = 0) -> str:
    """Return a value as text: a person by name, a licence by name and address."""
    if depth > DEEPEST:
        return ""
    if isinstance(value, list):
        return listed(_said(entry, depth + 1) for entry in value)
    node = mapping(value)
    if not node:
        return words(value)
    name = _said(node.get("name") or node.get("sc:name"), depth + 1)
    address = next((words(node[key]) for key in ("url", "@id") if words(node.get(key))), "")
    if name:
        return f"{name} ({address})" if address.startswith("https://") else name
    text = words(node.get("@value")) or words(node.get("en")) or words(node.get("description"))
    return text or address


CROISSANT: Final = Kind(
    names=("croissant.json", "metadata.json", "*.jsonld"),
    states=croissant,
    most_bytes=MOST_JSON_BYTES,
)
