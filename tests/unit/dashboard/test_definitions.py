"""That every number on the pages has its definition, from the one place where metrics are defined."""

from calls.metrics import METRICS, SERVICE_LEVEL, SERVICE_LEVELS
from dashboard.definitions import LIVE, VARIANTS, of_metric


def test_a_metric_brings_its_own_words() -> None:
    said = of_metric(SERVICE_LEVEL)
    assert (said.title, said.formula, said.source) == (
        SERVICE_LEVEL.title,
        SERVICE_LEVEL.formula(),
        SERVICE_LEVEL.source,
    )


def test_the_products_default_comes_first_and_all_variants_are_known_to_the_marts() -> None:
    assert next(iter(VARIANTS)) == SERVICE_LEVEL.name
    assert set(VARIANTS) <= {metric.name for metric in SERVICE_LEVELS}
    assert all(METRICS[name] is metric for name, (metric, _) in VARIANTS.items())


def test_tiles_and_variants_have_different_names_and_words() -> None:
    assert len({each.name for each in LIVE}) == len(LIVE)
    assert len({words for _, words in VARIANTS.values()}) == len(VARIANTS)


def test_every_tile_is_explained() -> None:
    assert all(each.title and each.meaning and each.formula and each.source for each in LIVE)
