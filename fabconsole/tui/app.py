"""The console: it wires a source, a picture and a theme to the screen, and nothing else."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Sequence

from textual import events
from textual.app import App

from fabconsole.fabric.clock import Slices, SteadyClock
from fabconsole.fabric.errors import FabconsoleError
from fabconsole.fabric.printable import printable
from fabconsole.runbook.audit import Audit
from fabconsole.runbook.commands import Catalogue, load_commands
from fabconsole.state.picture import Picture
from fabconsole.stream.records import Finished, Opening, Output, Record
from fabconsole.stream.source import Source
from fabconsole.stream.wanted import Settled, Wanted
from fabconsole.tui.desk import Desk
from fabconsole.tui.driver import TerminalDriver
from fabconsole.tui.leisure import Leisure
from fabconsole.tui.palette import Palette
from fabconsole.tui.running import Diagnostics
from fabconsole.tui.screens.console import Console
from fabconsole.tui.terminal import Terminal, stop
from fabconsole.tui.themes import load_theme

log = logging.getLogger(__name__)

TICK_S = 0.25
_CLOSING_S = 3.0
"""How long nodes get to be left as they were found."""
_BREATH_S = 0.005
"""What a key takes from the terminal to its cell when nothing is in its way."""
_SHARED = {"TMUX", "STY"}
"""Inside tmux or screen a whole room may be looking on."""


class FabConsole(App[None], inherit_bindings=False):
    """The console on one stream of records."""

    ENABLE_COMMAND_PALETTE = False
    TITLE = "fabconsole"

    def __init__(
        self,
        *,
        source_of: Callable[[], Source],
        picture: Picture,
        apply: Callable[[Record], None],
        diagnostics: Catalogue | None = None,
        audit: Audit | None = None,
        theme: str = "dark",
        clock: Callable[[], float] | None = None,
        warnings: Sequence[str] = (),
    ) -> None:
        """`source_of` is called after the first paint, off the event loop: it may import and start what it needs.

        Without `diagnostics` those of `config/commands/` are offered; without `audit` the operator's own
        audit log is written.
        """
        # Without colour Textual would show greys in their stead, unless it is told to leave colours to the terminal.
        super().__init__(driver_class=TerminalDriver, ansi_color=True if "NO_COLOR" in os.environ else None)
        self._source_of = source_of
        self._apply = apply
        self._clock = clock = clock or SteadyClock()
        self._source: Source | None = None
        self._pumping: asyncio.Task[None] | None = None
        self.leisure = Leisure()
        self._terminal: Terminal | None = None
        look, said = load_theme(theme)
        textual_theme = look.for_textual()
        self.register_theme(textual_theme)
        self.theme = textual_theme.name
        self._catalogue = diagnostics
        self.diagnostics = Diagnostics(audit or Audit())
        palette = Palette(look, colour=not self.no_color)
        is_shared = not os.environ.keys().isdisjoint(_SHARED)
        self.console_screen = Console(Desk(picture, clock()), palette, self.diagnostics, clock, is_shared=is_shared)
        self.console_screen.warnings = (*warnings, *said)

    def on_mount(self) -> None:
        """Show the console, then start what it shows."""
        if isinstance(self._driver, TerminalDriver):
            self._terminal = Terminal(lambda code: self.exit(return_code=code), self._driver, self._redraw)
        self.push_screen(self.console_screen)
        self.call_after_refresh(self._start)

    async def on_event(self, event: events.Event) -> None:
        """Of Textual: every key comes by here."""
        if isinstance(event, events.InputEvent):
            self.leisure.pressed()
        await super().on_event(event)

    def on_app_blur(self, event: events.AppBlur) -> None:
        """A window that another has the keyboard of looks as it did, cursor and all: others are looking on.

        Textual would take the keyboard from everything, and give it back to what may be out of sight by then.
        """
        event.prevent_default()

    def action_stop(self) -> None:
        """Ctrl-Z gives the terminal back to the shell that waits for it."""
        if not stop():
            self.console_screen.say("ctrl-z does nothing: no shell waits here that could wake the console")

    @property
    def defect(self) -> Exception | None:
        """What broke the console, if anything did: for the log, not for the operator."""
        return self._exception

    def _handle_exception(self, error: Exception) -> None:
        """Of Textual, which would print pages of traceback, locals and all, over what was on the screen."""
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._close_messages_no_wait()

    def _start(self) -> None:
        catalogue = load_commands() if self._catalogue is None else self._catalogue
        self.diagnostics.commands = catalogue.commands
        self.console_screen.warnings += tuple(str(problem) for problem in catalogue.problems)
        self.set_interval(TICK_S, self._tick)
        self._pumping = asyncio.create_task(self._pump(), name="pump")

    def _redraw(self) -> None:
        """All of it, as it is now: the terminal, or all of us, may have stood still for hours."""
        self.console_screen.tick()
        self.refresh(layout=True)

    async def _tick(self) -> None:
        """Look, then draw; a key that was pressed meanwhile is answered in between."""
        if self._terminal is not None:
            self._terminal.check()
        self.console_screen.stepped = self._clock.told if isinstance(self._clock, SteadyClock) else ()
        await self.console_screen.look_in_slices()
        await asyncio.sleep(_BREATH_S)
        if self.console_screen.pane.is_attached:  # not while the console is being taken down
            self.console_screen.redraw()
        self.leisure.use()

    async def _pump(self) -> None:
        """Fold every record of the source; its end is told, whatever it was."""
        stream = self.console_screen.stream
        try:
            source = await asyncio.to_thread(self._source_of)
            self._source = self.diagnostics.source = self.console_screen.requests.source = source
            async for batch in self._source.records():
                stream.heard_at = self._clock()
                await self._fold(batch)
            stream.ended = "the source ended: what is shown grows old"
        except FabconsoleError as error:
            stream.ended = f"the source ended: {error}"
        except Exception as error:
            # Whatever broke, the operator keeps the picture and is told; the log has the traceback.
            log.exception("the source broke")
            stream.ended = f"the source ended: {type(error).__name__}: {printable(str(error))}"

    async def _fold(self, batch: Sequence[Record]) -> None:
        slices = Slices()
        for record in batch:
            if isinstance(record, Output | Finished):
                self.diagnostics.heard(record)
                continue
            if isinstance(record, Wanted | Settled):
                self.console_screen.hear(record)
                continue
            if isinstance(record, Opening):
                self.diagnostics.inventory = record.inventory
            self._apply(record)
            await slices.breathe()

    async def on_unmount(self) -> None:
        """Leave every node as it was found, and write down what that cut short."""
        try:
            async with asyncio.timeout(_CLOSING_S):
                await self._close_source()
        except TimeoutError:
            log.warning("the source took longer than %s s to close", _CLOSING_S)
        if self._terminal is not None:
            self._terminal.close()

    async def _close_source(self) -> None:
        if self._pumping is None:
            return
        if self._source is None:
            self._pumping.cancel()
            return
        await self._source.aclose()
        await self._pumping  # the last records, and the end of the stream
        await self.diagnostics.aclose()
