// One line of the command table. `load` is lazy, so that `rmh status` on a vehicle never
// reads the lab, and a fault in one command's module cannot stop another command.
export type Command = {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Run>;
};

// Resolves with the exit code. Resolving means done: main exits, whatever is still open.
export type Run = (argv: string[]) => Promise<number>;
