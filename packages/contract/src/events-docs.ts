// The event table at the end of docs/operations.md:
// `node packages/contract/src/events-docs.ts` prints it, and a test compares.
import { EVENTS, type EventEntry } from './events.ts';

export function eventTable(): string {
  const rows = Object.entries<EventEntry>(EVENTS).map(([name, { level, meaning, fields }]) => {
    return `| \`${name}\` | ${level} | ${meaning} | ${fields.join(', ') || '–'} |`;
  });
  return `${['| event | level | meaning | fields |', '|---|---|---|---|', ...rows].join('\n')}\n`;
}

if (import.meta.main) process.stdout.write(eventTable());
