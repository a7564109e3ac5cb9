"""What was made before: how both studios find it again, by intent and by order.

A clip is kept under the digest of its order, with a link from the digest of its intent. Looking up
the intent first is what lets every other answer be lost without a clip being bought again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal, TypeVar

from krafity_cli.cache import FETCHED, Cache, Damaged, Record, every_record
from krafity_cli.engines.protocol import (
    Action,
    Draw,
    Drawings,
    Engine,
    Request,
    Role,
    Video,
    digest_of,
)
from krafity_cli.guarded_folder import GuardedFolder
from krafity_cli.render.decisions.lock import Keep, NamedClip
from krafity_cli.render.digests import chosen_pictures, intent_digest, unchosen, words_digest
from krafity_cli.render.drawn import (
    ANY,
    MOST_VARIANTS,
    SHARED,
    Beside,
    Choices,
    NoChoices,
    Which,
    drawn_keys,
    nothing_beside,
    picture_key,
)
from krafity_cli.render.types import Clip, Frame
from krafity_cli.storyboard.context import SceneContext
from krafity_cli.storyboard.model import Model, Shot, Storyboard

ModelOf = Callable[[Shot, str], Model]
"""The model that answers a role (vision, image, video) for a shot."""


T = TypeVar("T")
_NO_PICTURES = frozenset({"analyze", "context", "video"})
Still = Literal["first_frame", "last_frame"]


class Archive:
    """The cache, seen with the eyes of one storyboard on one engine."""

    def __init__(
        self,
        board: Storyboard,
        cache: Cache,
        engine: Engine,
        model_of: ModelOf,
        edition: str = "",
        choices: Choices | None = None,
        beside: Beside = nothing_beside,
        outputs: GuardedFolder | None = None,
    ) -> None:
        self.board = board
        self._outputs = outputs
        self.edition = edition
        self.cache = cache
        self.engine = engine
        self._model_of = model_of
        self._choices = choices or NoChoices()
        self._beside = beside
        self._found_sound: set[str] = set()
        self._stills: dict[str, Frame] = {}
        self._all_videos: dict[str, Record] | None = None

    def model(self, shot: Shot, role: str) -> Model:
        """The model that answers `role` for this shot."""
        return self._model_of(shot, role)

    def requests(self, shot: Shot, action: Action) -> list[Request]:
        """The request that would be sent, then those of accepted models, whose answers count."""
        model = self._model_of(shot, action.role)
        return [
            replace(self.engine.request(self._taken(action, name), name), location=model.location)
            for name in (model.use, *model.accept)
        ]

    def _taken(self, action: Action, model: str) -> Action:
        """The action as the model takes it.

        References go with the clip too where its model takes them beside a start frame; what the
        camera does shows on a card, and on no still.
        """
        if isinstance(action, Draw) and self.draws_stills:
            return replace(action, camera="")
        if not isinstance(action, Video) or not action.references:
            return action
        most = self.engine.capabilities(model).references
        return action if len(action.references) <= most else replace(action, references=())

    def answer(self, requests: list[Request]) -> Record | None:
        """The first answer there is to any of the requests, its bytes undamaged."""
        for request in requests:
            record = self.cache.recall(request.digest, request.kind)
            if record and _is_usable(record) and self.sound(record.blob):
                return record
        return None

    def sound(self, blob: str) -> bool:
        """Whether a blob still is what its name says; looked at once in a run."""
        if blob not in self._found_sound and self.cache.sound(blob):
            self._found_sound.add(blob)
        return blob in self._found_sound

    def intents(self, shot: Shot, parts: Mapping[str, Any]) -> list[str]:
        """The intent digest under the model in use, then under the accepted ones."""
        model = self._model_of(shot, "video")
        identity = self.engine.identity()
        return [intent_digest(parts, identity, name) for name in (model.use, *model.accept)]

    def words(self, shot: Shot, parts: Mapping[str, Any]) -> list[str]:
        """The digest of the words alone under the model in use, then under the accepted ones."""
        model = self._model_of(shot, "video")
        identity = self.engine.identity()
        return [words_digest(parts, identity, name) for name in (model.use, *model.accept)]

    def knows_words(self, shot: Shot, parts: Mapping[str, Any]) -> bool:
        """Whether any clip was made from these words, so that an order may prove an old one."""
        return any(self.cache.follow(words) for words in self.words(shot, parts))

    def clip(self, intents: Iterable[str]) -> Clip | None:
        """The clip made for the first of these intents that has one, if it is whole."""
        for intent in intents:
            link = self.cache.follow(intent)
            record = link and self.cache.recall(link.to, "video")
            if record and self.sound(record.blob):
                return clip_of(record, intent)
        return None

    def made(self, shot: Shot, parts: Mapping[str, Any]) -> Clip | None:
        """The clip made for what the author asks.

        Where a still was chosen, one counts too that was bought from that very picture before.
        """
        if clip := self.clip(self.intents(shot, parts)):
            return clip
        pictures = chosen_pictures(parts)
        if not pictures:
            return None
        clip = self.clip(self.intents(shot, unchosen(parts)))
        return clip if clip and pictures.items() <= clip.stills.items() else None

    def chosen(self, shot: Shot, which: Which, action: Draw) -> str | None:
        """The picture that stands in the intent beside a still's words.

        That is the author's choice. An engine that draws cards moves over real stills too, so
        there it is any still that was drawn.
        """
        choice = self.choice(shot, which)
        if choice is not None or self.draws_stills:
            return choice
        record = self.drawn(action)
        return str(record.about["pixels"]) if record else None

    def choice(self, shot: Shot, which: Which) -> str | None:
        """The picture that the author chose for a still."""
        return self._choices.still(shot.id, which)

    def still_for(self, shot: Shot, which: Which, action: Draw) -> Frame | None:
        """The still a shot starts or ends on: the chosen one, else the one drawn from its words."""
        digest = self.chosen(shot, which, action)
        record = self.picture(digest) if digest else self.drawn(action)
        if record:
            return self.frame(record)
        beside = self._beside(shot.id, which, digest) if digest else None
        return Frame(beside.digest, beside) if beside else None

    def drawn(self, action: Draw) -> Record | None:
        """The still drawn from these words, whichever engine drew it; never a card."""
        return next(filter(None, map(self._still_at, drawn_keys(action, self._place))), None)

    def variants(self, action: Draw) -> list[tuple[int, Record]]:
        """The stills drawn from these words, each with its number."""
        each = [(n, self.drawn(replace(action, variant=n))) for n in range(1, MOST_VARIANTS + 1)]
        return [(n, record) for n, record in each if record]

    def picture(self, digest: str) -> Record | None:
        """The still that has these pixels."""
        record = self._still_at(picture_key(digest))
        return record if record and record.about["pixels"] == digest else None

    def keep_drawn(self, action: Draw, record: Record) -> None:
        """Let a still be found by what it was asked from, and by its pixels."""
        if not self.draws_stills:
            return
        pixels = str(record.about["pixels"])
        for key in [next(drawn_keys(action, place)) for place in (self._place, ANY)]:
            self.cache.link(key, record.key)
        self.cache.link(picture_key(pixels), record.key)

    @property
    def draws_stills(self) -> bool:
        """Whether the engine draws stills, and not cards in their place."""
        return self.engine.capabilities(self.engine.models(Role.VIDEO)[0]).stills

    @property
    def _place(self) -> str:
        """Stills of a custom endpoint are kept apart, as all that comes from there is."""
        if not self.draws_stills:
            return ANY
        identity = self.engine.identity()
        return SHARED if identity == self.engine.name else identity

    def _still_at(self, key: str) -> Record | None:
        link = self.cache.follow(key)
        record = self.cache.recall(link.to, "draw") if link else None
        return record if record and _is_usable(record) and self.sound(record.blob) else None

    def kept(self, shot: Shot, keep: Keep) -> Clip | None:
        """The clip that a decision names: from the cache, the remote cache or the outputs.

        Bytes from the outputs serve this shot alone: no order or intent leads to them.
        """
        record = self.video(keep.clip, keep.order)
        if record is not None:
            return clip_of(record, None)
        outputs, name = self._outputs, f"shots/{shot.id}.mp4"
        if outputs is None or outputs.digest(name) != keep.clip:
            return None
        if not self.cache.take_from(keep.clip, [outputs.path / name]):
            return None
        return Clip(keep.clip, cost_usd=keep.usd)

    def recorded(self, named: NamedClip) -> Clip:
        """A clip that is named by digest; it stands in intents also where it cannot be opened."""
        record = self.video(named.clip, named.order)
        return clip_of(record, None) if record else Clip(named.clip, is_there=False)

    def video(self, blob: str, order: str | None) -> Record | None:
        """The record of a clip by the digest of its bytes, if they are whole; `order` is a hint.

        Whoever names a digest gets clips that were bought and nothing else from the cache.
        """
        record = self.cache.recall(order, "video") if order else None
        if record is None or record.blob != blob:
            record = self._videos().get(blob)
        return record if record and self.sound(blob) else None

    def _videos(self) -> Mapping[str, Record]:
        """Every clip of the cache by its bytes; read once, and only where an order is lost."""
        if self._all_videos is None:
            found = every_record(self.cache, ("video",))
            self._all_videos = {record.blob: record for record in found}
        return self._all_videos

    def keep_intent(self, shot: Shot, parts: Mapping[str, Any], record: Record) -> Clip:
        """Let the clip be found by this intent too, and remember it as the shot's last."""
        intent = self.intents(shot, parts)[0]
        self.cache.link(intent, record.key, {"shot": shot.id})
        self.cache.link(self.words(shot, parts)[0], record.key)
        self.remember(shot, parts, record)
        return clip_of(record, intent)

    def remember(self, shot: Shot, parts: Mapping[str, Any], record: Record) -> None:
        """Write down what the shot was last made from, so that a reason can be given next time."""
        about = {"parts": parts, "after": list(shot.after), "engine": self.engine.name}
        for key in self.histories(shot):
            self.cache.link(key, record.key, {**about, "n": record.about.get("n", 0)})

    def note_use(self, shot: Shot, parts: Mapping[str, Any], clip: Clip) -> None:
        """Write down that the shot is this clip again, where it was made from other parts last."""
        last = self.cache.follow(self._history(shot, self.engine.name))
        if clip.order is None or last is None or last.to == clip.order:
            return
        if record := self.cache.recall(clip.order, "video"):
            self.remember(shot, parts, record)

    def histories(self, shot: Shot) -> list[str]:
        """Where it is written down what the shot was last made from, by this engine and by any."""
        return [self._history(shot, engine) for engine in (self.engine.name, "")]

    def last_time(self, shot: Shot, any_engine: bool = False) -> Mapping[str, Any] | None:
        """What the shot was made from last: `parts`, `after`, `engine`."""
        link = self.cache.follow(self._history(shot, "" if any_engine else self.engine.name))
        if link is None or not isinstance(link.about.get("parts"), Mapping):
            return None
        return {"after": [], **link.about}

    def drawings(self, record: Record) -> Drawings | None:
        """The analysis in a record; `None` if it cannot be read."""
        return self._json(record, Drawings.from_json)

    def still(self, clip: Clip, which: Still) -> Frame | None:
        """A clip's first or last frame, if it was decoded before."""
        key = f"{which} {clip.digest}"
        if key not in self._stills:
            record = self.cache.recall(still_key(clip, which), which)
            if not (record and _is_usable(record) and self.sound(record.blob)):
                return None
            self._stills[key] = self.frame(record)
        return self._stills[key]

    def frame(self, record: Record) -> Frame:
        """The picture in a record."""
        return Frame(str(record.about["pixels"]), record.blob)

    def context(self, clip: Clip, authored: SceneContext) -> SceneContext | None:
        """The scene context that was handed on from this clip under these words.

        It stands in the link; the extract it was made with must be there, but is not read again.
        """
        link = self.cache.follow(context_intent(clip, authored))
        if link is None or self.cache.recall(link.to, "context") is None:
            return None
        try:
            return SceneContext.from_json(link.about["handed on"])
        except (KeyError, TypeError):
            return None

    def keep_context(
        self, clip: Clip, authored: SceneContext, record: Record, handed: SceneContext
    ) -> None:
        """Let what the clip handed on be found by the clip itself."""
        key = context_intent(clip, authored)
        self.cache.link(key, record.key, {"handed on": handed.to_json()})

    def read_context(self, record: Record) -> SceneContext | None:
        """The extract in a record; `None` if it cannot be read."""
        return self._json(record, SceneContext.from_json)

    def _json(self, record: Record, read: Callable[[Mapping[str, Any]], T]) -> T | None:
        try:
            return read(json.loads(self.cache.read(record.blob)))
        except (Damaged, ValueError, KeyError, TypeError):
            return None

    def other_edition(self, shot: Shot) -> str:
        """Where it is written down what the shot was last made from in the other edition."""
        return self._history(shot, self.engine.name, "" if self.edition else "quick")

    def _history(self, shot: Shot, engine: str, edition: str | None = None) -> str:
        where = f"{self.board.folder.name}/{self.board.name}"
        edition = self.edition if edition is None else edition
        return digest_of({"last made": [where, shot.id, engine, edition]})


def _is_usable(record: Record) -> bool:
    """Whether a record says what is needed of it: pictures are known by their pixels."""
    return record.kind in _NO_PICTURES or "pixels" in record.about


def still_key(clip: Clip, which: Still) -> str:
    """The key under which a clip's first or last frame is kept."""
    return digest_of({which: clip.digest})


def clip_of(record: Record, intent: str | None) -> Clip:
    """The clip a record holds."""
    return Clip(
        digest=record.blob,
        intent=intent,
        order=record.key,
        start=record.about.get("start"),
        is_own=not record.about.get(FETCHED),
        cost_usd=float(record.about.get("cost_usd", 0.0)),
        drawings=record.about.get("drawings"),
        stills=stills_of(record),
        engine=str(record.about.get("engine", "")),
        model=str(record.about.get("model", "")),
    )


def stills_of(record: Record) -> dict[str, str]:
    """By `start` and `end`, the digests of the stills a clip was bought from."""
    return dict(record.about.get("stills", {}))


def context_intent(clip: Clip, authored: SceneContext) -> str:
    """The key of what a clip hands on: the clip and the author's words, no model's answer."""
    return digest_of({"context of": clip.digest, "authored": authored.to_json()})
