import { expect, test } from "vitest";
import { findProvider } from "#server/catalog/providers/registry.ts";
import { sendRequest } from "#server/domain/wire/send-request.ts";
import { testCtx } from "#test/harness.ts";

const klaviyo = findProvider("klaviyo");
const address = new URL("https://a.klaviyo.com/api/accounts");

/** Sends a request that is answered by this body. */
const answeredBy = (body: BodyInit | null) =>
  sendRequest({ ...testCtx(), fetch: async () => new Response(body) }, klaviyo, address, { method: "GET", headers: {} });

test("a reply that has no end is let go of before it fills the memory that all requests share", async () => {
  const chunk = new Uint8Array(1024 * 1024).fill(32);
  let sent = 0;
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      sent++;
      if (sent > 64) controller.close();
      else controller.enqueue(chunk);
    },
    cancel: () => {
      cancelled = true;
    },
  });
  await expect(answeredBy(endless)).rejects.toMatchObject({ kind: "unavailable", message: "the reply is too long" });
  expect(sent).toBeLessThan(20);
  expect(cancelled).toBe(true);
});

test("a character that is cut between two parts of a reply comes whole", async () => {
  const bytes = new TextEncoder().encode('{"name":"é😀"}');
  const inBytes = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  expect((await answeredBy(inBytes)).body).toEqual({ name: "é😀" });
});

test("a page of HTML, half a reply and none are no JSON", async () => {
  for (const body of ["<html></html>", '{"data": [', "", null]) expect((await answeredBy(body)).body).toBeNull();
});
