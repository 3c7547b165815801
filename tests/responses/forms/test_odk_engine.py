"""ODK's own web engine asks exactly whom our conditions ask, in forms as evalkit writes them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from evalkit.instruments.conditions import parse_condition
from evalkit.instruments.instrument import Instrument
from evalkit.texts.text import text_of
from tests.responses.forms.drawn import order_for
from tests.responses.forms.skips.test_skips import FORM, odk_cells, ours
from tests.responses.forms.targets.test_targets import converted, write

ENGINE = "EVALKIT_ODK_ENGINE"
CONDITIONS = (
    "one == 1",
    "one != 1",
    "one < 2",
    "not one >= 2",
    "one in [0, 10, 123456]",
    "several == 2",
    "several != 2",
    "several in [0, 1]",
    "count(several) < 2",
    "count(several) >= 2 and answered(one)",
    "whole < 18",
    "whole != 3 or part == 2.5",
    "not (part > 2)",
    "words == '05'",
    'words != "it\'s"',
    "day < '2024-02-10'",
    "day == '2024-11-09'",
    "not answered(day) and not answered(words)",
)
BLANK: dict[str, Any] = dict.fromkeys(("one", "several", "whole", "part", "words", "day"))
SAID = (
    BLANK,
    dict.fromkeys(("one", "several", "whole", "part", "words"), "dont_know") | {"day": None},
    dict.fromkeys(("one", "several", "whole", "part", "words"), "refused") | {"day": "2024-02-01"},
    {"one": 1, "several": (2,), "whole": 3, "part": 2.5, "words": "05", "day": "2024-02-09"},
    {"one": 0, "several": (0, 1, 2), "whole": 17, "part": 2.0, "words": "5", "day": "2024-11-09"},
    {"one": 123456, "several": (1, 10), "whole": 18, "part": 0.0, "words": "it's", "day": "2024-11-10"},
    {"one": -1, "several": (-1,), "whole": -20, "part": -8.5, "words": "a", "day": "2024-02-10"},
)


def test_the_engine_asks_whom_we_ask(tmp_path: Path) -> None:
    node, folder = shutil.which("node"), os.environ.get(ENGINE)
    if node is None or not folder:
        pytest.skip(
            f"no folder with ODK's web engine (npm: @getodk/xforms-engine, jsdom) is named in {ENGINE}"
        )
    form = FORM.model_dump(by_alias=True)
    asked_if = [
        {"id": f"q{n}", "type": "text", "text": text_of(f"q{n}"), "ask_if": source}
        for n, source in enumerate(CONDITIONS)
    ]
    form["items"] = [*form["items"], *asked_if]
    xform, _ = converted(write("xlsform", order_for(Instrument.model_validate(form))).files[0].content)
    (tmp_path / "form.xml").write_text(xform, encoding="utf-8")
    (tmp_path / "cases.json").write_text(json.dumps([odk_cells(said) for said in SAID]), encoding="utf-8")
    script = Path(__file__).with_name("odk_engine.mjs")
    files = [str(tmp_path / "form.xml"), str(tmp_path / "cases.json")]
    done = subprocess.run([node, str(script), folder, *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for said, asked in zip(SAID, json.loads(done.stdout), strict=True):
        expected = [f"q{n}" for n, s in enumerate(CONDITIONS) if ours(parse_condition(s), said)]
        assert [name for name in asked if name in {f"q{n}" for n in range(len(CONDITIONS))}] == expected
