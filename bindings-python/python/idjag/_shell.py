"""Makes the functions, classes and steps of this package from the catalog of operations.

Nothing here knows a rule of the protocol: arguments go to the core as they are, and its answers come back as they are.
A function takes keyword arguments only, and whatever is wrong with them is an `IdJagError`.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from inspect import Parameter, Signature
from typing import Any, NamedTuple, NoReturn
from weakref import finalize

from . import _bearer, _native
from ._catalog import CHAINS, CLASSES, Chain, Class, Function, Stage, Step
from ._errors import invalid_argument, of_answer, used_up
from ._values import to_json

_set = object.__setattr__


def call(operation: str, objects: tuple[Object | None, ...], argument: str) -> tuple[Any, int]:
    """One call of the core: its answer, and the number of the object it made or 0."""
    numbers = " ".join([str(0 if one is None else Object.number(one)) for one in objects])
    envelope = json.loads(_native.call(f"{operation}\n{numbers}\n{argument}"))
    if "err" in envelope:
        raise of_answer(envelope["err"])
    return envelope["ok"], envelope.get("handle", 0)


def _copied(value: Any) -> Any:
    """A value of JSON again, which its caller may change: without what `deepcopy` does for everything else."""
    if type(value) is dict:
        return {name: _copied(member) for name, member in value.items()}
    if type(value) is list:
        return [_copied(item) for item in value]
    return value


def _release(number: int) -> None:
    _native.call(f"free\n{number}\n{{}}")


class Sealed:
    """What cannot be copied, pickled, changed or derived from: it stands for something in the core."""

    __slots__ = ("__weakref__",)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise used_up("an object of this kind cannot be changed")

    def __delattr__(self, name: str) -> NoReturn:
        raise used_up("an object of this kind cannot be changed")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise used_up("an object of this kind cannot be copied or pickled")

    def __copy__(self) -> NoReturn:
        raise used_up("an object of this kind cannot be copied or pickled")

    def __deepcopy__(self, memo: object) -> NoReturn:
        raise used_up("an object of this kind cannot be copied or pickled")


def _is_own(value: object, kind: type) -> None:
    """Refuses what merely says that it is of this kind, before any of its methods is run."""
    if not issubclass(type(value), kind):
        raise used_up("the object is of another kind")


class Object(Sealed):
    """An object of the core: configured once, used from any thread, until it is given up."""

    __slots__ = ("__answer", "__finalizer", "__number", "__told")
    __answer: Any
    __finalizer: finalize[Any, Any]
    __number: int
    __told: _bearer.Places

    def number(self) -> int:
        """Its number in the core, which is never used again after it is freed."""
        _is_own(self, Object)
        try:
            return self.__number
        except AttributeError:
            raise used_up("the object was never made") from None

    def keep(self, number: int, answer: Any) -> None:
        """Holds the object `number`, about which the core said `answer`."""
        finalizer = finalize(self, _release, number)
        # The core's memory ends with the process.
        finalizer.atexit = False
        # What it tells about tokens goes with it, whoever is told meanwhile.
        _set(self, "_Object__told", {})
        _set(self, "_Object__number", number)
        _set(self, "_Object__answer", answer)
        _set(self, "_Object__finalizer", finalizer)

    def attribute(self, name: str) -> Any:
        """What the core said about it when it was made."""
        try:
            answer = self.__answer
        except AttributeError:
            raise used_up("the object was never made") from None
        return _copied(answer[name]) if name in answer else None

    def is_made(self) -> bool:
        """Whether the constructor has run."""
        return hasattr(self, "_Object__number")

    def free(self) -> None:
        """Gives the object up. Doing it twice, or not at all, does no harm."""
        _is_own(self, Object)
        if Object.is_made(self):
            self.__finalizer()
            self.__told.clear()

    def __enter__(self) -> Any:
        Object.number(self)
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any, /) -> None:
        Object.free(self)


# What the attributes of an object hold, and of nothing else: these look at what a value is, and not at what it says it is.
_number_of = Object.__dict__["_Object__number"].__get__
_told_by = Object.__dict__["_Object__told"].__get__


class State(NamedTuple):
    """What a role has been given for one request so far."""

    chain: Chain
    given: str
    objects: dict[str, Object]


class Taken(Sealed):
    """A step of a role: what has been given so far. The next step uses it up."""

    __slots__ = ("__answer", "__state")
    __answer: Any
    __state: list[State]

    def __init__(self, *args: object, **kwargs: object) -> None:
        raise used_up("a step is reached from the step before it")

    def attribute(self, name: str) -> Any:
        """What the core answered to this step."""
        try:
            answer = self.__answer
        except AttributeError:
            raise used_up("the step was never taken") from None
        return _copied(answer[name]) if name in answer else None

    def state(self) -> State:
        """What has been given so far, without using the step up."""
        _is_own(self, Taken)
        try:
            return self.__state[0]
        except (AttributeError, IndexError):
            raise used_up("the step has been used up") from None

    def use_up(self) -> State:
        """What has been given so far, once."""
        _is_own(self, Taken)
        try:
            return self.__state.pop()
        except (AttributeError, IndexError):
            raise used_up("the step has been used up") from None


def _step_of(kind: type, answer: Any, state: State) -> Any:
    step: Any = object.__new__(kind)
    _set(step, "_Taken__answer", answer)
    # A list of one: `pop` hands it to one thread only.
    _set(step, "_Taken__state", [state])
    return step


def _keywords_only(positional: tuple[object, ...]) -> None:
    if positional:
        raise invalid_argument("", "arguments are given by keyword")


def _sort(slots: tuple[str, ...], arguments: dict[str, Any]) -> dict[str, Object]:
    """Takes the objects out of the arguments, by the names of their slots."""
    for name in [name for name in arguments if name.endswith("_")]:
        # A word of Python is spelled with an underscore: `from_`.
        arguments[name[:-1]] = arguments.pop(name)
    objects = {}
    for slot in slots:
        value = arguments.get(slot)
        if issubclass(type(value), Object):
            objects[slot] = arguments.pop(slot)
        elif value is None:
            arguments.pop(slot, None)
    return objects


def _signature(first: tuple[str, ...], parameters: tuple[tuple[str, bool], ...]) -> Signature:
    before = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in first]
    keywords = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=Parameter.empty if required else None)
        for name, required in parameters
    ]
    return Signature(before + keywords)


def _named(function: Any, owner: str, name: str, doc: str, signature: Signature) -> Any:
    function.__name__ = name
    function.__qualname__ = f"{owner}.{name}" if owner else name
    function.__module__ = "idjag"
    function.__doc__ = doc
    function.__signature__ = signature
    return function


def _invoke(entry: Function, own: tuple[Object, ...], arguments: dict[str, Any]) -> tuple[Any, int]:
    rest = entry.slots[len(own) :]
    objects = _sort(rest, arguments)
    return call(entry.operation, own + tuple([objects.get(slot) for slot in rest]), to_json(arguments))


def function(entry: Function, classes: Mapping[str, type]) -> Any:
    """The function of an operation."""

    def run(*positional: object, **arguments: Any) -> Any:
        _keywords_only(positional)
        answer, made = _invoke(entry, (), arguments)
        return _wrapped(entry, classes, answer, made)

    return _named(run, "", entry.name, entry.doc, _signature((), entry.parameters))


def _wrapped(entry: Function, classes: Mapping[str, type], answer: Any, made: int) -> Any:
    if entry.makes is None:
        return answer
    new: Any = object.__new__(classes[entry.makes])
    Object.keep(new, made, answer)
    return new


def _method(owner: str, entry: Function, classes: Mapping[str, type]) -> Any:
    def run(self: Object, /, *positional: object, **arguments: Any) -> Any:
        _keywords_only(positional)
        answer, made = _invoke(entry, (self,), arguments)
        return _wrapped(entry, classes, answer, made)

    return _named(run, owner, entry.name, entry.doc, _signature(("self",), entry.parameters))


_MISSING: Any = object()


def _bearer_method(owner: str, entry: Function, classes: Mapping[str, type]) -> Any:
    """The method that is asked most, without JSON where the answer is known."""
    method = _method(owner, entry, classes)

    def run(
        self: Object,
        /,
        *positional: object,
        token: Any = _MISSING,
        now: Any = _MISSING,
        context: Any = None,
        keys: Any = None,
        revocations: Any = None,
        **others: Any,
    ) -> Any:
        if not positional and not others:
            try:
                own = _number_of(self)
                key_set = 0 if keys is None else _number_of(keys)
                revoked = 0 if revocations is None else _number_of(revocations)
                told = _told_by(self)
            except (AttributeError, TypeError):
                pass  # The call by JSON says what is wrong with them.
            else:
                known = _bearer.verify(told, (own, key_set, revoked), token, context, now)
                if known is not None:
                    return known
        given = {"token": token, "now": now, "context": context, "keys": keys, "revocations": revocations}
        arguments = {name: value for name, value in given.items() if value is not _MISSING}
        return method(self, *positional, **arguments, **others)

    return _named(run, owner, entry.name, entry.doc, _signature(("self",), entry.parameters))


def _constructor(owner: str, entry: Function) -> Any:
    def run(self: Object, /, *positional: object, **arguments: Any) -> None:
        _keywords_only(positional)
        if Object.is_made(self):
            raise used_up("the object is made already")
        answer, made = _invoke(entry, (), arguments)
        Object.keep(self, made, answer)

    return _named(run, owner, "__init__", entry.doc, _signature(("self",), entry.parameters))


def _attribute(base: type, name: str, doc: str) -> property:
    read = base.attribute  # type: ignore[attr-defined]
    return property(lambda self: read(self, name), doc=doc)


def _sealed(name: str, base: type, doc: str, members: dict[str, Any]) -> type:
    def refuse(cls: type, /, **_: object) -> NoReturn:
        raise used_up("a class of this kind cannot be derived from")

    members.update(__slots__=(), __module__="idjag", __doc__=doc)
    kind = type(name, (base,), members)
    kind.__init_subclass__ = classmethod(refuse)  # type: ignore[assignment]
    return kind


def _class(entry: Class, classes: Mapping[str, type]) -> type:
    members: dict[str, Any] = {name: _attribute(Object, name, doc) for name, doc in entry.attributes}
    members["__init__"] = _constructor(entry.name, entry.constructor)
    for method in entry.methods:
        make = _bearer_method if method.operation == _bearer.OPERATION else _method
        members[method.name] = make(entry.name, method, classes)
    return _sealed(entry.name, Object, entry.constructor.doc.partition("\n\nArguments:")[0], members)


def _advance(state: State, step: Step, arguments: dict[str, Any], kinds: Mapping[str, type]) -> Any:
    """Takes `step` after what was given before; all steps before it are taken again."""
    chain, given, objects = state
    objects = objects | _sort(chain.slots[1:], arguments)
    given = f'{given},"{step.name}":{to_json(arguments, f"/{step.name}")}'
    answer = _take(chain, given + "}", objects)
    if "signing_input" in answer:
        # The step is left open: it is taken once more, with the signature.
        answer = {"signing_input": urlsafe_b64decode(answer["signing_input"] + "==")}
        return _step_of(kinds["PendingSignature"], answer, State(chain, given[:-1], objects))
    if step.leaves in kinds:
        return _step_of(kinds[step.leaves], answer, State(chain, given, objects))
    return answer


def _take(chain: Chain, argument: str, objects: dict[str, Object]) -> Any:
    return call(chain.operation, tuple([objects.get(slot) for slot in chain.slots]), argument)[0]


def _first_step(chain: Chain, kinds: Mapping[str, type]) -> Any:
    step = chain.steps[0]

    def run(self: Object, /, *positional: object, **arguments: Any) -> Any:
        if positional and "request" not in arguments:
            arguments["request"], *rest = positional
            positional = tuple(rest)
        _keywords_only(positional)
        given = f'{{"request":{to_json(arguments.pop("request", None), "/request")}'
        return _advance(State(chain, given, {chain.slots[0]: self}), step, arguments, kinds)

    return _named(run, chain.role, chain.begin, step.doc, _signature(("self", "request"), step.parameters))


def _next_step(owner: str, step: Step, kinds: Mapping[str, type]) -> Any:
    def run(self: Taken, /, *positional: object, **arguments: Any) -> Any:
        _keywords_only(positional)
        return _advance(Taken.use_up(self), step, arguments, kinds)

    return _named(run, owner, step.name, step.doc, _signature(("self",), step.parameters))


def _question(owner: str, entry: Function) -> Any:
    def run(self: Taken, /, *positional: object, **arguments: Any) -> Any:
        _keywords_only(positional)
        chain, given, objects = Taken.state(self)
        rest = to_json(arguments)[1:]
        argument = f"{given},{rest}" if arguments else given + "}"
        return call(entry.operation, tuple([objects.get(slot) for slot in entry.slots]), argument)[0]

    return _named(run, owner, entry.name, entry.doc, _signature(("self",), entry.parameters))


def _stage(chain: Chain, stage: Stage, kinds: Mapping[str, type]) -> type:
    members: dict[str, Any] = {name: _attribute(Taken, name, doc) for name, doc in stage.attributes}
    members |= {question.name: _question(stage.name, question) for question in stage.questions}
    following = [step for step in chain.steps if step.name in stage.next]
    members |= {step.name: _next_step(stage.name, step, kinds) for step in following}
    return _sealed(stage.name, Taken, stage.doc, members)


def classes() -> dict[str, type]:
    """Every class by name."""
    kinds: dict[str, type] = {}
    for entry in CLASSES:
        kinds[entry.name] = _class(entry, kinds)
    for chain in CHAINS:
        setattr(kinds[chain.role], chain.begin, _first_step(chain, kinds))
        kinds.update({stage.name: _stage(chain, stage, kinds) for stage in chain.stages})
    kinds["PendingSignature"] = _pending_signature()
    return kinds


def _pending_signature() -> type:
    def attach(self: Taken, /, *positional: object, **arguments: Any) -> Any:
        _keywords_only(positional)
        if arguments.keys() != {"signature"}:
            raise invalid_argument("/signature", "the signature, and nothing else, is expected")
        chain, given, objects = Taken.use_up(self)
        return _take(chain, f"{given},{to_json(arguments)[1:]}}}", objects)

    doc = "Takes the signature, verifies it against the declared key, and answers what `issue` would have."
    members = {
        "attach": _named(attach, "PendingSignature", "attach", doc, _signature(("self",), (("signature", True),))),
        "signing_input": _attribute(Taken, "signing_input", "The bytes to sign."),
    }
    return _sealed("PendingSignature", Taken, "A token that is to be signed elsewhere.", members)
