// The first form, until its owner writes it: says so and fails.
export async function runUnit(_argv: string[]): Promise<number> {
  process.stderr.write('rmh: unit is not built yet\n');
  return 1;
}
