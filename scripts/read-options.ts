import { type ParseArgsConfig, parseArgs } from "node:util";

/** Which Atrium a script works on; see open-atrium.ts. */
export const whose = { data: { type: "string", default: ".atrium/serve" }, remote: { type: "boolean", default: false } } as const;

export const usageOfWhose = `  --data DIR       the local Atrium with its data there (default .atrium/serve)
  --remote         the deployed one: wrangler's login, secrets from the environment
`;

/** Ends the script with 2: it was called in a way that it does not know. `fault` says what about it. */
export function refuseCall(usage: string, fault?: string): never {
  process.stderr.write(fault === undefined ? usage : `${fault}\n\n${usage}`);
  process.exit(2);
}

/** What a script was called with. What it does not know is refused by name. */
export function readOptions<T extends ParseArgsConfig>(usage: string, config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return refuseCall(usage, error.message);
  }
}

/** The client that is meant: `--tenant ID`, or its id as the first word. Two of them, or none, are refused. */
export function readTenant(usage: string, { tenant }: { tenant?: string | undefined }, words: readonly string[]): string {
  const [id, ...others] = [...(tenant === undefined ? [] : [tenant]), ...words];
  if (id === undefined) return refuseCall(usage, "Which client? Name it with --tenant ID.");
  if (others.length > 0) return refuseCall(usage, `One client at a time, not ${[id, ...others].join(", ")}.`);
  return id;
}
