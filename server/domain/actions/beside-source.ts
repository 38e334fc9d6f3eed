import type { ConnectionFacts } from "#server/domain/connections/choose-account.ts";

type Facts = Pick<ConnectionFacts, "id" | "provider" | "externalId">;

/**
 * The client's accounts with which something about the source's customers may be read or done. At the source's own provider that is the
 * source itself, by whichever of its ways it is connected: another shop has other customers under the same ids, and has seen none of their
 * orders. At other providers it is all of them. `own` has the source too, whatever its status.
 */
export function besideSource<C extends Facts>(own: readonly C[], sourceId: string): C[] {
  const source = own.find(({ id }) => id === sourceId);
  return own.filter(({ provider, externalId }) => provider !== source?.provider || externalId === source.externalId);
}
