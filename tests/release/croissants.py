"""Croissant files as others write them: their shapes are real, their content is made up."""

HUB = r"""{
  "@context": {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "includes": "cr:includes",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "sc": "https://schema.org/",
    "source": "cr:source",
    "transform": "cr:transform"
  },
  "@type": "sc:Dataset",
  "distribution": [
    {
      "@type": "cr:FileObject",
      "@id": "repo",
      "name": "repo",
      "description": "The git repository.",
      "contentUrl": "https://example.org/datasets/ponds/tree/refs%2Fconvert%2Fparquet",
      "encodingFormat": "git+https",
      "sha256": "https://example.org/issues/80"
    },
    {
      "@type": "cr:FileSet",
      "@id": "parquet-files",
      "containedIn": {"@id": "repo"},
      "encodingFormat": "application/x-parquet",
      "includes": "default/*/*.parquet"
    }
  ],
  "recordSet": [
    {
      "@type": "cr:RecordSet",
      "dataType": "cr:Split",
      "key": {"@id": "splits/name"},
      "@id": "splits",
      "field": [{"@type": "cr:Field", "@id": "splits/name", "dataType": "sc:Text"}],
      "data": [{"splits/name": "train"}, {"splits/name": "test"}]
    },
    {
      "@type": "cr:RecordSet",
      "@id": "default",
      "description": "Caf\u00e9s, \"quoted\" and a slash \/ that is escaped",
      "field": [
        {
          "@type": "cr:Field",
          "@id": "default/split",
          "dataType": "sc:Text",
          "source": {
            "fileSet": {"@id": "parquet-files"},
            "extract": {"fileProperty": "fullpath"},
            "transform": {"regex": "default/(train|test)/.+parquet$"}
          },
          "references": {"field": {"@id": "splits/name"}}
        },
        {
          "@type": "cr:Field",
          "@id": "default/label",
          "dataType": "sc:Integer",
          "source": {"fileSet": {"@id": "parquet-files"}, "extract": {"column": "label"}}
        }
      ]
    }
  ],
  "conformsTo": "http://mlcommons.org/croissant/1.0",
  "name": "ponds",
  "description": "Birds on ponds.",
  "keywords": ["birds", "ponds"],
  "license": "mit",
  "url": "https://example.org/datasets/ponds",
  "size": 1.10,
  "big": 1E5
}
"""

COMPACT = (
    '{"@context":{"@language":"en","@vocab":"https://schema.org/","sc":"https://schema.org/",'
    '"cr":"http://mlcommons.org/croissant/","rai":"http://mlcommons.org/croissant/RAI/",'
    '"dct":"http://purl.org/dc/terms/","conformsTo":"dct:conformsTo","citeAs":"cr:citeAs",'
    '"recordSet":"cr:recordSet","field":"cr:field","dataType":{"@id":"cr:dataType",'
    '"@type":"@vocab"},"source":"cr:source","extract":"cr:extract","column":"cr:column",'
    '"fileObject":"cr:fileObject","ours":"https://example.org/terms#"},"@type":"sc:Dataset",'
    '"name":"one line","conformsTo":["http://mlcommons.org/croissant/1.1",'
    '"http://mlcommons.org/croissant/RAI/1.0"],"description":"naïve café",'
    '"ours:secret":[1,2.50,"{}"],'
    '"rai:dataBiases":"Only day-time photographs.","rai:annotationsPerItem":"3",'
    '"license":"https://spdx.org/licenses/CC0-1.0","url":"https://example.org/one",'
    '"distribution":[{"@type":"cr:FileObject","@id":"table.csv","name":"table.csv",'
    '"contentUrl":"https://example.org/table.csv","encodingFormat":"text/csv","sha256":'
    '"0000000000000000000000000000000000000000000000000000000000000000"}],"recordSet":'
    '[{"@type":"cr:RecordSet","@id":"rows","field":[{"@type":"cr:Field","@id":"rows/text",'
    '"dataType":"sc:Text","source":{"fileObject":{"@id":"table.csv"},"extract":{"column":"text"}}},'
    '{"@type":"cr:Field","@id":"rows/label","dataType":["sc:Text","cr:Label"],"source":'
    '{"fileObject":{"@id":"table.csv"},"extract":{"column":"label"}}}]}]}'
)

TABS = """{
\t"@context": {
\t\t"@language": "en",
\t\t"@vocab": "https://schema.org/",
\t\t"croissant": "http://mlcommons.org/croissant/",
\t\t"dct": "http://purl.org/dc/terms/",
\t\t"rai": "https://example.org/something-else#",
\t\t"annotation": "croissant:annotation",
\t\t"dataType": {"@id": "croissant:dataType", "@type": "@vocab"}
\t},
\t"@type": "Dataset",
\t"name": "tabs",
\t"dct:conformsTo": "http://mlcommons.org/croissant/1.1",
\t"rai:other": "kept",
\t"description": "Tabs and few terms.",
\t"license": "https://spdx.org/licenses/MIT",
\t"url": "https://example.org/tabs",
\t"distribution": {
\t\t"@type": "croissant:FileSet",
\t\t"@id": "images",
\t\t"encodingFormat": "image/png",
\t\t"croissant:includes": "*/*.png"
\t},
\t"croissant:recordSet": {
\t\t"@type": "croissant:RecordSet",
\t\t"@id": "items",
\t\t"croissant:field": {
\t\t\t"@type": "croissant:Field",
\t\t\t"@id": "items/class",
\t\t\t"dataType": ["https://schema.org/Text", "croissant:Label"],
\t\t\t"croissant:source": {
\t\t\t\t"croissant:fileSet": {"@id": "images"},
\t\t\t\t"croissant:extract": {"croissant:fileProperty": "fullpath"},
\t\t\t\t"croissant:transform": {"croissant:regex": "([^/]+)/.*"}
\t\t\t}
\t\t}
\t}
}"""

BARE = """{
    "@context": {
        "@language": "en",
        "@vocab": "https://schema.org/",
        "sc": "https://schema.org/",
        "cr": "http://mlcommons.org/croissant/",
        "dct": "http://purl.org/dc/terms/"
    },
    "@type": "sc:Dataset",
    "name": "bare",
    "dct:conformsTo": "http://mlcommons.org/croissant/1.1",
    "description": "No resources at all.",
    "rai:dataLimitations": [],
    "distribution": []
}
"""

FILES = {
    "hub": HUB,
    "compact": COMPACT,
    "tabs": TABS,
    "bare": BARE,
    "crlf": HUB.replace("\n", "\r\n"),
}
