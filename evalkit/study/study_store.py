"""Open the store of a study."""

from __future__ import annotations

from evalkit.store.store import Store, open_store
from evalkit.study.study import Study


def study_store(study: Study) -> Store:
    """Return the store that `study.yaml` names; nothing is read or written yet.

    Raises
    ------
    ProblemsFound : the address of the store cannot be used.
    """
    return open_store(study.data_folder, study.file.store)
