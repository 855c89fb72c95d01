// The commands of README.md: what a newcomer copies must be what a test runs.
export type Command = { text: string; line: number };

// Lines of ```sh blocks without comments; a line that ends in "\" goes on in the next.
export function readCommands(markdown: string): Command[] {
  const commands: Command[] = [];
  let inBlock = false;
  let open: Command | null = null;
  for (const [index, raw] of markdown.split('\n').entries()) {
    if (raw.startsWith('```')) {
      inBlock = /^```(sh|bash|shell|console)\s*$/.test(raw);
      open = null;
      continue;
    }
    const text = raw
      .replace(/^\$ /, '')
      .replace(/(^|\s)#.*$/, '')
      .trim();
    if (!inBlock || text === '') continue;
    const whole: Command =
      open === null ? { text, line: index + 1 } : { text: `${open.text} ${text}`, line: open.line };
    const goesOn = whole.text.endsWith('\\');
    if (goesOn) open = { ...whole, text: whole.text.slice(0, -1).trimEnd() };
    else {
      commands.push(whole);
      open = null;
    }
  }
  return commands;
}
