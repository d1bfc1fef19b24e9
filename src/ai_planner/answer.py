"""An answer of Claude's as it arrives: text, usage and how it ended, whatever becomes of the stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ai_planner.errors import InvalidPlanError, OversizedAnswerError, RefusedError, TruncatedAnswerError
from ai_planner.plan import Draft, read_draft
from ai_planner.usage import Usage

if TYPE_CHECKING:
    from anthropic.types import RawMessageStreamEvent

MOST_CHARACTERS = 2 * 2**20
"""Of the text of an answer: twice as many as the longest plan that is taken."""


class Answer:
    """Gathers the events of one call.

    The SDK's own parsing of structured output raises on a truncated answer, and its usage is lost with it; here it is
    known as soon as it has arrived.

    Attributes:
        model: The model that answers, once it has begun.
        usage: Tokens so far.
        stop: Why the answer ended; None while it has not.
        complete: Whether it has arrived to its end.
    """

    def __init__(self) -> None:
        self.model = ""
        self.usage = Usage()
        self.stop: str | None = None
        self._parts: list[str] = []
        self._length = 0
        self.complete = False

    def take(self, event: RawMessageStreamEvent) -> None:
        """Take the next *event*.

        Raises:
            OversizedAnswerError: The text is longer than that of any plan.
        """
        match event.type:
            case "message_start":
                self.model = event.message.model
                found = event.message.usage
                long = 0 if found.cache_creation is None else found.cache_creation.ephemeral_1h_input_tokens
                self.usage = Usage(
                    fresh=found.input_tokens,
                    cache_read=found.cache_read_input_tokens or 0,
                    cache_kept=(found.cache_creation_input_tokens or 0) - long,
                    cache_kept_long=long,
                    written=found.output_tokens,
                )
            case "content_block_delta":
                if event.delta.type == "text_delta":
                    self._length += len(event.delta.text)
                    if self._length > MOST_CHARACTERS:
                        raise OversizedAnswerError(
                            f"the plan is longer than {MOST_CHARACTERS} characters and was left"
                        )
                    self._parts.append(event.delta.text)
            case "message_delta":
                self.stop = event.delta.stop_reason
                before = self.usage
                self.usage = Usage(
                    before.fresh, before.cache_read, before.cache_kept, before.cache_kept_long,
                    event.usage.output_tokens,  # it counts from the start of the answer
                )  # fmt: skip
            case "message_stop":
                self.complete = True
            case _:
                pass

    def draft(self) -> Draft:
        """Return the plan in the complete answer.

        Raises:
            RefusedError: Claude declined.
            TruncatedAnswerError: It is longer than it may be.
            InvalidPlanError: It is no plan that can be carried out.
        """
        match self.stop:
            case "refusal":
                raise RefusedError("Claude declined to plan this")
            case "max_tokens" | "model_context_window_exceeded":
                raise TruncatedAnswerError(f"the answer was cut off after {self.usage.written} tokens")
            case "end_turn" | "stop_sequence":
                return read_draft("".join(self._parts))
            case other:
                raise InvalidPlanError(f"the answer ended for no reason a plan can: {other}")
