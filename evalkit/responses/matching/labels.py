"""Hold the value labels of a file against those of the questionnaire."""

from __future__ import annotations

from collections.abc import Iterator

from evalkit.instruments.instrument import Instrument
from evalkit.problems import Place, Problem, error
from evalkit.responses.foreign.table import ForeignTable
from evalkit.responses.maps import AnswerMap
from evalkit.responses.matching.cell_reading import label_codes, look_up, plain_words
from evalkit.responses.matching.layout import Layout


def contradicting_labels(
    table: ForeignTable, layout: Layout, answer_map: AnswerMap, instrument: Instrument
) -> Iterator[Problem]:
    """Give the codes to which the file gives the label of another code of the questionnaire."""
    for item_id, column in layout.items.items():
        labels = table.labels.get(column, {})
        if not labels:
            continue
        item = instrument.item(item_id)
        ours = label_codes(instrument.options_of(item))
        declared = answer_map.recode.get(item_id, {})
        for cell, label in labels.items():
            code = ours.get(plain_words(label))
            if code is not None and cell != str(code) and look_up(declared, cell) is None:
                where = Place(file=table.file, column=column, item=item_id)
                yield error("import.labels_differ", where, value=cell, label=label, code=str(code))
