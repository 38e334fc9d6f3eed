import type { OAuthProvider } from "#server/catalog/provider.ts";
import { notFound } from "#server/errors.ts";

/** Every provider on the shelf. */
export const providers: readonly OAuthProvider[] = [];

/** Throws `not_found`. */
export function findProvider(id: string): OAuthProvider {
  const provider = providers.find((candidate) => candidate.id === id);
  if (!provider) throw notFound("provider");
  return provider;
}
