import { appRouter } from "#server/trpc/root.ts";

/** Whether a procedure asks or changes, by its name; those too that do not stand in the REST API. */
export const typesOfProcedures: ReadonlyMap<string, unknown> = new Map(
  Object.entries<object>(appRouter._def.procedures).map(([name, procedure]) => [name, typeIn(procedure)]),
);

function typeIn(procedure: object): unknown {
  const { _def: definition }: { _def?: unknown } = procedure;
  return typeof definition === "object" && definition && "type" in definition ? definition.type : undefined;
}
