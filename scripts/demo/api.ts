import { createTRPCClient, httpLink } from "@trpc/client";
import type { AppRouter } from "#server/trpc/root.ts";
import type { Demo } from "./start.ts";
import type { Visitor } from "./visitor.ts";

export type Api = ReturnType<typeof createTRPCClient<AppRouter>>;

/** The API over HTTP, in a visitor's own session. */
export const apiOf = (demo: Demo, visitor: Visitor): Api =>
  createTRPCClient<AppRouter>({
    links: [httpLink({ url: `${demo.origin}/api/trpc`, fetch: (input, init) => visitor.fetch(String(input), init as RequestInit) })],
  });
