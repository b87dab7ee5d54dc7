import { createLogUpdate } from 'log-update';
import type { Terminal } from '../terminal.ts';
import { statusChanges } from '../rendering/statusChanges.ts';
import { statusView } from '../rendering/statusView.ts';
import { styleOf } from '../rendering/style.ts';
import type { Sighting } from './sighting.ts';

/** Where looks at an upgrade are shown. */
export interface Display {
  show(sighting: Sighting): void;
  /** Leaves what is shown where it is, so that other lines can follow. */
  rest(): void;
}

export type DisplayKind = 'redraw' | 'lines' | 'json';

/** @param stream where a redrawn screen goes; lines and JSON go through `write` */
export function createDisplay(
  kind: DisplayKind,
  terminal: Terminal,
  write: (line: string) => void,
  stream: NodeJS.WriteStream = process.stdout,
): Display {
  switch (kind) {
    case 'redraw':
      return redrawn(terminal, stream);
    case 'lines':
      return inLines(write);
    case 'json':
      return inJson(write);
  }
}

function redrawn(terminal: Terminal, stream: NodeJS.WriteStream): Display {
  const update = createLogUpdate(stream);
  const style = styleOf(stream === process.stderr ? terminal.colors.err : terminal.colors.out);
  return {
    show: (sighting) => {
      const { columns } = terminal;
      update(statusView(sighting, { style, columns, now: new Date(sighting.at) }));
    },
    rest: () => update.done(),
  };
}

function inLines(write: (line: string) => void): Display {
  let before: Sighting | undefined;
  return {
    show: (sighting) => {
      for (const line of statusChanges(before, sighting)) write(line);
      before = sighting;
    },
    rest: () => undefined,
  };
}

/** One JSON object a line, whenever anything but the time has changed. */
function inJson(write: (line: string) => void): Display {
  let before = '';
  return {
    show: (sighting) => {
      const { at: _, ...said } = sighting;
      const now = JSON.stringify(said);
      if (now === before) return;
      before = now;
      write(JSON.stringify(sighting));
    },
    rest: () => undefined,
  };
}
