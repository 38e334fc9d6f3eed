import type { z } from "zod";
import type { WholeReply } from "./send-request.ts";

/** How a reply is taken in, and what is made of it. */
export interface Taking<T> {
  accept: string;
  /** Whether its body is taken in bit by bit instead of whole. */
  streamed: boolean;
  /** Throws a `ZodError` for a reply of another shape. */
  take(reply: WholeReply): T | Promise<T>;
}

/** JSON of this shape, with its headers. */
export const asJson = <S extends z.ZodType>(schema: S): Taking<{ headers: Headers; body: z.output<S> }> => ({
  accept: "application/json",
  streamed: false,
  take: ({ headers, body }) => ({ headers, body: schema.parse(body) }),
});

/** As it came. */
export const asText: Taking<{ headers: Headers; text: string }> = {
  accept: "*/*",
  streamed: false,
  take: ({ headers, text }) => ({ headers, text }),
};

/** What `read` makes of a body that comes bit by bit. One that broke off is told even where `read` passes over it. */
export const asStream = <T>(read: (body: ReadableStream<Uint8Array<ArrayBuffer>>, headers: Headers) => Promise<T>): Taking<T> => ({
  accept: "*/*",
  streamed: true,
  async take({ headers, rest }) {
    if (!rest) throw new Error("a reply that was asked for bit by bit has no body");
    try {
      const [made] = await Promise.allSettled([read(rest.stream, headers)]);
      const failure = rest.failure();
      if (failure) throw failure;
      if (made.status === "rejected") throw made.reason;
      return made.value;
    } finally {
      await rest.close();
    }
  },
});
