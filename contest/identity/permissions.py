"""Who may do what: one table, one function, deny by default."""

from dataclasses import dataclass

# Actions are "<object>.<verb>". ANYONE needs no sign-in; SIGNED_IN any account. bank.seal seals and
# unseals, and reads what is sealed; bank.loosen lets a bank do with fewer reviews than it did. essay.mark
# opens the pages of markers; which essays lie there is said by `marking`'s assignments.
ANYONE = frozenset({"public.read"})
SIGNED_IN = frozenset({"own.read", "own.edit", "round.sit"})

_REPORTS = frozenset({"report.read", "report.export"})
_COORDINATE = frozenset({"people.read", "people.edit", "unit.report"})
_ORGANISE = _REPORTS | {
    "bank.read", "bank.edit", "bank.review", "bank.approve", "bank.seal", "contest.read", "contest.edit",
    "people.read", "unit.report",
}
_ADMINISTER = _ORGANISE | _COORDINATE | {"bank.loosen", "people.grant", "people.import", "unit.edit", "system.read"}

ROLE_ACTIONS: dict[str, frozenset[str]] = {
    "contestant": frozenset(),
    "coordinator": _COORDINATE,
    "organiser": _ORGANISE,
    "reviewer": frozenset({"bank.read", "bank.review"}),
    "marker": frozenset({"essay.mark"}),
    "report_viewer": _REPORTS | {"contest.read", "unit.report"},
    "administrator": _ADMINISTER,
}
ACTIONS = ANYONE | SIGNED_IN | frozenset().union(*ROLE_ACTIONS.values())


@dataclass(frozen=True)
class Role:
    """A role held; `unit_path` bounds it to a unit's subtree, None leaves it unbounded."""

    name: str
    unit_path: str | None = None


@dataclass(frozen=True)
class Actor:
    """The person who acts, as the rules need to know them."""

    account_id: str
    roles: tuple[Role, ...] = ()


@dataclass(frozen=True)
class Target:
    """What is acted upon: the account that owns it, the path of the unit it belongs to.

    `roles` are those of an account that an act could take over (its password, its place): a
    coordinator must not become an administrator by resetting one's password.
    """

    account_id: str | None = None
    unit_path: str | None = None
    roles: tuple[Role, ...] = ()


NOTHING = Target()


def can(actor: Actor | None, action: str, target: Target = NOTHING) -> bool:
    """True where `actor` may carry out `action` on `target`.

    A target that names an account or a unit is refused to those whose role does not reach it:
    "own.*" and "round.sit" reach the actor's own things only, a coordinator's actions reach
    the unit of the grant and everything below it. An unknown action raises ValueError: a typing
    error must not look like a refusal.
    """
    if action not in ACTIONS:
        raise ValueError(f"no such action: {action}")
    if action in ANYONE:
        return True
    if actor is None:
        return False
    if action in SIGNED_IN:
        return target.account_id in (None, actor.account_id)
    return any(_reaches(role, action, target) for role in actor.roles)


def _reaches(role: Role, action: str, target: Target) -> bool:
    if action not in ROLE_ACTIONS.get(role.name, frozenset()):
        return False
    if role.unit_path is None:
        return True
    if target == NOTHING:  # the page itself: its lists are narrowed to the unit's subtree
        return True
    if target.unit_path is None or not target.unit_path.startswith(role.unit_path):
        return False
    return all(_within(held, role.unit_path) for held in target.roles)


def _within(held: Role, path: str) -> bool:
    """Whether a role gives nothing beyond the subtree at `path`."""
    if held.unit_path is None:
        return not ROLE_ACTIONS.get(held.name, frozenset())
    return held.unit_path.startswith(path)


def reach(actor: Actor | None, action: str) -> tuple[str, ...] | None:
    """Where `actor` may carry out `action`: None everywhere, else the paths of whole subtrees.

    The empty tuple is nowhere. Lists are narrowed by it. Raises ValueError for an unknown action.
    """
    if action not in ACTIONS:
        raise ValueError(f"no such action: {action}")
    if actor is None:
        return ()
    paths = {role.unit_path for role in actor.roles if action in ROLE_ACTIONS.get(role.name, frozenset())}
    return None if None in paths else tuple(sorted(path for path in paths if path is not None))
