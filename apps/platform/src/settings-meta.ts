/** What docs/platform.md says of a field, and what it expects. */
export const described = (description: string, expected: string) => ({ description, expected });
