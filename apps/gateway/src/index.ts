// The first form, until its owner writes it: says so and fails.
export async function runGateway(_argv: string[]): Promise<number> {
  process.stderr.write('rmh: gateway is not built yet\n');
  return 1;
}
