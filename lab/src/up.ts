// The first form, until its owner writes it: says so and fails.
export async function run(_argv: string[]): Promise<number> {
  process.stderr.write('rmh: up is not built yet\n');
  return 1;
}