"""The state of the lake and the marts, as `trunkline warehouse status` shows it."""

import pytest
from made_calls import queue_call
from made_installation import Installation

from warehouse.errors import LakeUnavailable
from warehouse.refresh import Refresher
from warehouse.status import lake_status


def test_it_counts_what_is_there(installation: Installation) -> None:
    installation.write(*(queue_call(n) for n in range(4)))
    refresher = Refresher(installation.catalog, installation.source, installation.data)
    watermark = refresher.refresh().loaded.watermark
    refresher.close()
    state = lake_status(installation.catalog, installation.data)
    assert (state["rows of call_sessions"], state["rows of q15"]) == (4, 1)
    assert (state["last load that changed something"], state["its watermark"]) == (1, watermark)
    assert state["published watermark"] == watermark
    assert state["published for default"].startswith("load 1, ")


def test_before_the_first_load_it_says_so(installation: Installation) -> None:
    with pytest.raises(LakeUnavailable, match="Nothing was loaded into this lake yet: `trunkline warehouse build`"):
        lake_status(installation.catalog, installation.data)
