import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { Hono } from "hono";
import { maxBatch } from "#app/max-batch.ts";
import { describeError } from "#server/trpc/errors.ts";
import { appRouter, fromOutside } from "#server/trpc/root.ts";
import type { HttpEnv } from "#workers/http-env.ts";
import { inEnglish } from "#workers/in-english.ts";
import { voiceIn } from "#workers/voice.ts";

const endpoint = "/api/trpc";

/** The procedures as the browser's client calls them. A query is a GET and a mutation a POST; tRPC refuses the other way. */
export const trpc = new Hono<HttpEnv>();

trpc.all(`${endpoint}/*`, (c) =>
  fetchRequestHandler({
    endpoint,
    req: c.req.raw,
    router: appRouter,
    maxBatchSize: maxBatch,
    createContext: () => ({ ...fromOutside(c.get("ctx")), tell: inEnglish, voice: voiceIn("en") }),
    responseMeta: ({ errors }) => {
      const waits = errors.flatMap((error) => describeError(error).retryAfterS ?? []);
      return waits.length > 0 ? { headers: { "retry-after": String(Math.max(...waits)) } } : {};
    },
  }),
);
