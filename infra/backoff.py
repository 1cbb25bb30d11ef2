"""How long to wait before a process that died is started again. Pure; times in seconds."""

from dataclasses import dataclass

# At once is a busy loop when the cause is still there; more than half a minute is a product that seems dead.
FIRST, LONGEST = 1.0, 30.0
# Who was up this long has recovered from what came before.
RECOVERED = 60.0


@dataclass(frozen=True)
class Backoff:
    """What is known of a process's deaths in a row."""

    failures: int = 0

    def failed(self, up_for: float) -> "Backoff":
        """After another death, `up_for` seconds after it had become ready (0 when it never did)."""
        return Backoff(1 if up_for >= RECOVERED else self.failures + 1)

    @property
    def delay(self) -> float:
        """Wait this long: 0 before the first failure, then 1, 2, 4 … 30."""
        if self.failures == 0:
            return 0.0
        # 2 ** 5 is beyond the longest already; the bound keeps the power from growing for ever.
        return min(LONGEST, FIRST * 2.0 ** min(self.failures - 1, 5))
