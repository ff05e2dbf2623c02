"""What people decided, as the pool must respect it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass
class Rulings:
    """Pins, keep-outs, keep-aparts, seats in live groups and declined seats."""

    pins: dict[str, str] = field(default_factory=dict)
    """Challenge → proposal it is kept in."""
    kept_out: set[tuple[str, str]] = field(default_factory=set)
    """Proposal and challenge that must not come back to it."""
    apart: set[frozenset[str]] = field(default_factory=set)
    """Pairs of challenges that are never proposed together."""
    seats: dict[str, str] = field(default_factory=dict)
    """Challenge → live group it has, or is offered, a seat in."""
    declined: set[tuple[str, str]] = field(default_factory=set)
    """Live group and challenge that said no to it."""

    @classmethod
    def of(cls, decided: Iterable[tuple[str, str, str]]) -> "Rulings":
        """
        Rulings from ``(kind, challenge id, other)``, in any order.

        Raises
        ------
        ValueError
            When a kind is none of ``pin``, ``keep-out``, ``apart``, ``seat``, ``declined``.
        """
        made = cls()
        for kind, challenge_id, other in decided:
            match kind:
                case "pin":
                    made.pins[challenge_id] = other
                case "keep-out":
                    made.kept_out.add((other, challenge_id))
                case "apart":
                    made.apart.add(frozenset((challenge_id, other)))
                case "seat":
                    made.seats[challenge_id] = other
                case "declined":
                    made.declined.add((other, challenge_id))
                case _:
                    raise ValueError(f"there is no ruling {kind!r}")
        return made

    def copy(self) -> "Rulings":
        """The same, apart from these."""
        return Rulings(
            dict(self.pins),
            set(self.kept_out),
            set(self.apart),
            dict(self.seats),
            set(self.declined),
        )

    def differs(self, other: "Rulings") -> set[str]:
        """Challenges about which two sets of rulings differ."""
        pairs = {
            *(self.pins.items() ^ other.pins.items()),
            *(self.seats.items() ^ other.seats.items()),
        }
        touched = {challenge_id for challenge_id, _ in pairs}
        touched |= {key for _, key in self.kept_out ^ other.kept_out}
        touched |= {key for _, key in self.declined ^ other.declined}
        return touched.union(*(self.apart ^ other.apart))

    def pin(self, challenge_id: str, proposal_id: str) -> None:
        """Keep a challenge in a proposal."""
        self.pins[challenge_id] = proposal_id
        self.kept_out.discard((proposal_id, challenge_id))

    def keep_out(self, challenge_id: str, proposal_id: str) -> None:
        """Keep a challenge out of a proposal."""
        self.kept_out.add((proposal_id, challenge_id))
        if self.pins.get(challenge_id) == proposal_id:
            del self.pins[challenge_id]

    def seat(self, challenge_id: str, group_id: str) -> None:
        """Note a seat in a live group."""
        self.seats[challenge_id] = group_id
        self.pins.pop(challenge_id, None)

    def free(self, challenge_id: str, group_id: str) -> None:
        """Note a declined seat: free again, but not for this group."""
        self.declined.add((group_id, challenge_id))
        if self.seats.get(challenge_id) == group_id:
            del self.seats[challenge_id]

    def groups(self) -> dict[str, list[str]]:
        """Challenges with a seat, by live group."""
        groups: dict[str, list[str]] = {}
        for challenge_id, group_id in sorted(self.seats.items()):
            groups.setdefault(group_id, []).append(challenge_id)
        return dict(sorted(groups.items()))

    def snapshot(self) -> dict[str, object]:
        """All of it as plain lists and objects, in a fixed order."""
        return {
            "pins": dict(sorted(self.pins.items())),
            "kept_out": sorted(map(list, self.kept_out)),
            "apart": sorted(sorted(pair) for pair in self.apart),
            "seats": dict(sorted(self.seats.items())),
            "declined": sorted(map(list, self.declined)),
        }

    @classmethod
    def restored(
        cls,
        pins: Mapping[str, str],
        kept_out: Iterable[Iterable[str]],
        apart: Iterable[Iterable[str]],
        seats: Mapping[str, str],
        declined: Iterable[Iterable[str]],
    ) -> "Rulings":
        """The rulings of a snapshot."""
        return cls(
            pins=dict(pins),
            kept_out={(a, b) for a, b in kept_out},
            apart={frozenset(pair) for pair in apart},
            seats=dict(seats),
            declined={(a, b) for a, b in declined},
        )
