"""HiGHS, asked the same way each time: one thread, no clock, so that it always answers the same."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any, Final

import numpy as np

from volunteer_hub.matching.engine.arrays import Bools, Floats, Ints

_OPTIONS: Final[dict[str, Any]] = {
    "output_flag": False,
    "threads": 1,
    "random_seed": 0,
    "presolve": "on",
}
_LINEAR: Final = {"solver": "simplex", "simplex_strategy": 1}
_FROM_HERE: Final = 4  # the primal simplex
_WHOLE: Final = {"mip_rel_gap": 0.0, "mip_abs_gap": 0.9, "mip_feasibility_tolerance": 1e-7}
ROW_WISE: Final = 2
MINIMISE: Final = 1


class NoAnswerError(RuntimeError):
    """The solver is not there, or found nothing that may be used."""


@dataclass(frozen=True)
class Programme:
    """A linear programme in which every column is at least 0: the most of ``gain``.

    Attributes:
        gain: What each column is worth.
        at_most: The most each column may be.
        low, high: Between what each row must be.
        row_from, column, value: The entries row by row.
        is_whole: Which columns must be whole numbers; None when none has to be.
    """

    gain: Floats
    at_most: Floats
    low: Floats
    high: Floats
    row_from: Ints
    column: Ints
    value: Floats
    is_whole: Bools | None = None


@dataclass(frozen=True)
class Answer:
    """What came out.

    Attributes:
        values: Of the columns.
        prices: What one more of each row's right-hand side would add; 0 for whole numbers.
        margins: What one more of each column would add by those prices; 0 for whole numbers.
        worth: What all of it is worth.
        bound: What no answer can be worth more than.
    """

    values: Floats
    prices: Floats
    margins: Floats
    worth: float
    bound: float


@cache
def _library() -> ModuleType:
    try:
        return importlib.import_module("highspy")
    except ImportError as error:
        raise NoAnswerError("highspy is not installed") from error


def is_there() -> bool:
    """Return whether the solver is installed."""
    try:
        _library()
    except NoAnswerError:
        return False
    return True


def optimum(programme: Programme, *, nodes: int = 0, first: Floats | None = None) -> Answer:
    """Return the best there is, or for whole numbers the best found within so many nodes.

    Args:
        programme: What is asked.
        nodes: How far the search for whole numbers branches.
        first: Gains with which to begin where that is easier; the best by them is near the best.

    Raises:
        NoAnswerError: There is none.
    """
    library, is_whole = _library(), programme.is_whole
    solver: Any = _solver(library, None if is_whole is None else nodes)
    columns, rows = len(programme.gain), len(programme.low)
    kinds = np.zeros(columns, dtype=np.int32) if is_whole is None else is_whole.astype(np.int32)
    solver.passModel(
        columns,
        rows,
        len(programme.column),
        ROW_WISE,
        MINIMISE,
        0.0,
        -(programme.gain if first is None else first),
        np.zeros(columns),
        programme.at_most,
        programme.low,
        programme.high,
        programme.row_from.astype(np.int32),
        programme.column.astype(np.int32),
        programme.value,
        kinds,
    )
    solver.run()
    if first is not None:
        # With the true gains in place, few steps lead from one best to the other.
        solver.changeColsCost(columns, np.arange(columns, dtype=np.int32), -programme.gain)
        solver.setOptionValue("simplex_strategy", _FROM_HERE)
        solver.run()
    status = solver.getModelStatus()
    limits = {library.HighsModelStatus.kOptimal, library.HighsModelStatus.kSolutionLimit}
    found = solver.getSolution()
    if status not in limits or not found.value_valid:
        raise NoAnswerError(f"the solver stopped with {status}")
    values = np.array(found.col_value)
    prices = -np.array(found.row_dual) if found.dual_valid else np.zeros(rows)
    margins = -np.array(found.col_dual) if found.dual_valid else np.zeros(columns)
    worth = float(programme.gain @ values)
    if is_whole is None or not is_whole.any():
        return Answer(values, prices, margins, worth, worth)
    bound = max(worth, -float(solver.getInfo().mip_dual_bound))
    return Answer(values, prices, margins, worth, bound)


def _solver(library: ModuleType, nodes: int | None) -> Any:  # noqa: ANN401 - it has no types
    solver = library.Highs()
    options = _OPTIONS | (_LINEAR if nodes is None else _WHOLE | {"mip_max_nodes": nodes})
    for name, value in options.items():
        solver.setOptionValue(name, value)
    return solver
