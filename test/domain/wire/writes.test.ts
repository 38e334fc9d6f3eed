import { afterEach, describe, expect, expectTypeOf, test, vi } from "vitest";
import { z } from "zod";
import { findProvider } from "#server/catalog/providers/registry.ts";
import type { Outcome, Write } from "#server/catalog/writer.ts";
import type { ApiAccess } from "#server/domain/wire/api-access.ts";
import type { FailedCall } from "#server/domain/wire/failed-call.ts";
import { sendWrite } from "#server/domain/wire/send-write.ts";
import { hurry } from "#test/domain/connecting/consent.ts";
import { testCtx } from "#test/harness.ts";

afterEach(() => vi.restoreAllMocks());

const token = "pk_secret_of_the_test";
const accesses = {
  klaviyo: { provider: findProvider("klaviyo"), kind: "oauth", shop: null, secrets: { access_token: token }, fields: {} },
  shopify: { provider: findProvider("shopify"), kind: "oauth", shop: "acme.myshopify.com", secrets: { access_token: token }, fields: {} },
  slack: { provider: findProvider("slack"), kind: "oauth", shop: null, secrets: { access_token: token }, fields: {} },
  hubspot: { provider: findProvider("hubspot"), kind: "oauth", shop: null, secrets: { access_token: token }, fields: {} },
  meta: { provider: findProvider("meta"), kind: "oauth", shop: null, secrets: { access_token: token }, fields: {} },
  cj: { provider: findProvider("cj"), kind: "key", shop: null, secrets: { access_token: token }, fields: {} },
  bigbuy: { provider: findProvider("bigbuy"), kind: "key", shop: null, secrets: { api_key: token }, fields: {} },
} as const satisfies Record<string, ApiAccess>;

interface Sending<S extends z.ZodType> {
  to?: keyof typeof accesses;
  write?: Write;
  /** Answers one after the other; the last one goes on. */
  answers: readonly (() => Response | Promise<Response>)[];
  schema?: S;
  signal?: AbortSignal;
}
const event: Write = { method: "POST", path: "/api/events", body: { data: { type: "event" } } };

/** What becomes of a write that is answered like this, what was sent, and what was told of it. */
async function sending<S extends z.ZodType = z.ZodUnknown>({
  to = "klaviyo",
  write = event,
  answers,
  schema = z.unknown() as unknown as S,
  signal,
}: Sending<S>) {
  hurry();
  const sent: Request[] = [];
  const calls: FailedCall[] = [];
  const ctx = testCtx({
    outbound: async (input, init) => {
      sent.push(new Request(input as string, { ...init, signal: null }));
      const answer = answers[Math.min(sent.length, answers.length) - 1];
      if (!answer) throw new Error("nothing was to be sent");
      return answer();
    },
  });
  ctx.log.conceal(token);
  const access: ApiAccess = { ...accesses[to], signal, onFailed: (call) => void calls.push(call) };
  const outcome: Outcome<z.output<S>> = await sendWrite(ctx, access, write, schema);
  return { outcome, sent, calls, lines: ctx.traces.lines };
}

const answer =
  (status: number, body: unknown = null, headers: Record<string, string> = {}) =>
  () =>
    new Response(body === null ? null : JSON.stringify(body), { status, headers });
const ok = answer(200, {});
const silence = () => {
  throw new TypeError("Network connection lost.");
};
/** A reply whose body breaks off after its first bytes. */
const half = () =>
  new Response(
    new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"data":')),
      pull: (controller) => controller.error(new TypeError("Network connection lost.")),
    }),
  );

describe("what is sent", () => {
  test.each(["POST", "PUT", "PATCH", "DELETE"] as const)(
    "%s carries its JSON, the authorization and the write's own headers",
    async (method) => {
      const headers = { "Content-Type": "application/vnd.api+json", "idempotency-key": "act_1" };
      const write: Write = { method, path: "/api/flows/1", body: { status: "live" }, headers };
      const [request] = (await sending({ write, answers: [ok] })).sent;
      expect(request).toMatchObject({ method, url: "http://sandbox.test/klaviyo/api/flows/1" });
      expect(Object.fromEntries(request?.headers ?? [])).toMatchObject({
        "content-type": "application/vnd.api+json",
        "idempotency-key": "act_1",
        authorization: `Bearer ${token}`,
      });
      expect(await request?.json()).toEqual({ status: "live" });
    },
  );

  test("what authorises it is no write's to set", async () => {
    const { sent } = await sending({ write: { ...event, headers: { Authorization: "Bearer other" } }, answers: [ok] });
    expect(sent[0]?.headers.get("authorization")).toBe(`Bearer ${token}`);
  });

  test("a form is encoded as one, a list by its name once for each", async () => {
    const form = { To: "+33600000000", StatusCallbackEvent: ["ringing", "completed"], "line_items[0][quantity]": "1" };
    const { sent } = await sending({ write: { method: "POST", path: "/api/calls", form }, answers: [ok] });
    expect(sent[0]?.headers.get("content-type")).toBe("application/x-www-form-urlencoded");
    expect(new TextDecoder().decode(await sent[0]?.arrayBuffer())).toBe(
      "To=%2B33600000000&StatusCallbackEvent=ringing&StatusCallbackEvent=completed&line_items%5B0%5D%5Bquantity%5D=1",
    );
  });

  test("parts of a form carry a file", async () => {
    const multipart = new FormData();
    multipart.set("purpose", "ad");
    multipart.set("file", new File([Uint8Array.of(0, 255)], "a.png", { type: "image/png" }));
    const { sent } = await sending({ write: { method: "POST", path: "/api/files", multipart }, answers: [ok] });
    expect(sent[0]?.headers.get("content-type")).toMatch(/^multipart\/form-data; ?boundary=/);
    const received = await sent[0]?.formData();
    const file = received?.get("file") as unknown as File;
    expect([received?.get("purpose"), file.name, [...new Uint8Array(await file.arrayBuffer())]]).toEqual(["ad", "a.png", [0, 255]]);
  });

  test("text and bytes go as they are: a number above 2^53 keeps its last digits", async () => {
    const text = { type: "application/json", content: '{"order":9007199254740993}' };
    const bytes = { type: "image/png", content: Uint8Array.of(137, 80, 78, 71) };
    const sent = await Promise.all(
      [text, bytes].map(async (raw) => (await sending({ write: { method: "POST", path: "/api/x", raw }, answers: [ok] })).sent[0]),
    );
    expect(sent.map((request) => request?.headers.get("content-type"))).toEqual(["application/json", "image/png"]);
    expect(await sent[0]?.text()).toBe('{"order":9007199254740993}');
    expect([...new Uint8Array((await sent[1]?.arrayBuffer()) ?? new ArrayBuffer(0))]).toEqual([137, 80, 78, 71]);
  });

  test("nothing carried is no body, and no type of one", async () => {
    const { sent } = await sending({ write: { method: "DELETE", path: "/api/x" }, answers: [answer(204)] });
    expect([sent[0]?.headers.get("content-type"), await sent[0]?.text()]).toEqual([null, ""]);
  });
});

describe("a write is done", () => {
  test("with what it was answered, checked", async () => {
    const { outcome } = await sending({ answers: [answer(201, { id: "7", more: 1 })], schema: z.object({ id: z.string() }) });
    expect(outcome).toMatchObject({ outcome: "done", status: 201, body: { id: "7" }, unexpected: null });
    if (outcome.outcome === "done" && outcome.unexpected === null) expectTypeOf(outcome.body).toEqualTypeOf<{ id: string }>();
  });

  test("with an empty reply, whose id is in the Location header (BigBuy)", async () => {
    const { outcome } = await sending({
      to: "bigbuy",
      write: { method: "POST", path: "/rest/order/create.json", body: {} },
      answers: [answer(201, null, { location: "/rest/order/119" })],
      schema: z.null(),
    });
    expect(outcome).toMatchObject({ outcome: "done", status: 201, body: null, unexpected: null });
    expect(outcome.outcome === "done" && outcome.headers.get("location")).toBe("/rest/order/119");
  });

  test.each([
    ["other JSON", answer(200, { id: 7 }), ["id: Invalid input: expected string, received number"]],
    ["nothing", answer(202), [": Invalid input: expected object, received null"]],
    ["a page", () => new Response("<html></html>"), [": Invalid input: expected object, received null"]],
  ])("where a 2xx is %s, which is no failure of the provider's", async (_, shape, unexpected) => {
    const { outcome, calls, lines } = await sending({ answers: [shape], schema: z.object({ id: z.string() }) });
    expect(outcome).toMatchObject({ outcome: "done", body: null, unexpected });
    expect(calls).toEqual([]);
    expect(lines.join()).toContain("a write was done and answered in another shape");
  });

  test("where the schema's own code throws over what a 2xx says, which is never thrown on", async () => {
    const schema = z.object({ id: z.string().transform((id) => BigInt(id)) });
    const { outcome, sent } = await sending({ answers: [answer(201, { id: "pk_7" })], schema });
    expect(outcome).toMatchObject({ outcome: "done", status: 201, body: null, unexpected: ["SyntaxError"] });
    expect(sent).toHaveLength(1);
  });

  test("in part (207), which is for the action to read", async () => {
    const partly = {
      status: "COMPLETE",
      results: [],
      numErrors: 1,
      errors: [{ status: "error", category: "VALIDATION_ERROR", message: "x" }],
    };
    const { outcome } = await sending({ to: "hubspot", answers: [answer(207, partly)] });
    expect(outcome).toMatchObject({ outcome: "done", status: 207, body: partly });
  });

  test("and a number above 2^53 in its reply is kept in the text", async () => {
    const { outcome } = await sending({ answers: [() => new Response('{"id":9007199254740993}')] });
    expect(outcome).toMatchObject({ outcome: "done", text: '{"id":9007199254740993}' });
  });

  const created = { discountCodeBasicCreate: { codeDiscountNode: null, userErrors: [{ code: "TAKEN" }] } };
  const denied = { errors: [{ message: "no", extensions: { code: "ACCESS_DENIED" } }] };
  test.each([
    ["errors of the person's are in the body", { data: created }, { outcome: "done", body: { data: created } }],
    ["what could not be read back does not undo it", { data: created, ...denied }, { outcome: "done" }],
    ["no data is a refusal", { data: null, ...denied }, { outcome: "refused", failure: { kind: "missing_scopes" } }],
    ["a field of null was not done", { data: { discountCodeBasicCreate: null }, ...denied }, { outcome: "refused" }],
    ["their failure is no answer", { errors: [{ message: "x", extensions: { code: "INTERNAL_SERVER_ERROR" } }] }, { outcome: "ambiguous" }],
  ])("or not, as GraphQL says it: %s", async (_, body, expected) => {
    const { outcome, sent } = await sending({ to: "shopify", answers: [answer(200, body)] });
    expect(outcome).toMatchObject(expected);
    expect(sent).toHaveLength(1);
  });
});

describe("a write that changed nothing", () => {
  test.each([
    [400, "rejected"],
    [401, "revoked"],
    [403, "missing_scopes"],
    [404, "rejected"],
    [409, "rejected"],
    [410, "misconfigured"],
  ] as const)("is refused (%i), with what the provider said, and not sent again", async (status, kind) => {
    const body = { errors: [{ code: "duplicate_profile", detail: `of ${token}`, meta: { duplicate_profile_id: "01H" } }] };
    const { outcome, sent, calls } = await sending({ answers: [answer(status, body, { "x-request-id": "kl-1" })] });
    expect(outcome).toMatchObject({ outcome: "refused", status, failure: { kind }, body });
    expect(outcome.outcome === "refused" && outcome.failure.message).not.toContain(token);
    expect(sent).toHaveLength(1);
    expect(calls).toEqual([
      {
        provider: "klaviyo",
        method: "POST",
        path: "/klaviyo/api/events",
        status,
        kind,
        providerRequest: "kl-1",
        ms: expect.any(Number),
        again: false,
      },
    ]);
  });

  test("is refused by a failure that is dressed as a success (Slack)", async () => {
    const { outcome } = await sending({ to: "slack", answers: [answer(200, { ok: false, error: "channel_not_found" })] });
    expect(outcome).toMatchObject({ outcome: "refused", status: 200, failure: { kind: "rejected" }, body: { error: "channel_not_found" } });
  });

  test("because of a short limit is sent again once that has passed", async () => {
    const { outcome, sent, calls } = await sending({ answers: [answer(429, {}, { "retry-after": "1" }), answer(202)] });
    expect(outcome).toMatchObject({ outcome: "done", status: 202 });
    expect(sent).toHaveLength(2);
    expect(calls).toMatchObject([{ status: 429, again: true }]);
  });

  test("because of a long one says when, and is not waited for", async () => {
    const { outcome, sent } = await sending({ answers: [answer(429, {}, { "retry-after": "120" })] });
    expect(outcome).toEqual({ outcome: "limited", retryAfterS: 120 });
    expect(sent).toHaveLength(1);
  });

  test("by a limit is limited still when the time is up while that is waited for", async () => {
    const run = new AbortController();
    const limited = () => {
      setTimeout(() => run.abort(), 10);
      return answer(429, {}, { "retry-after": "1" })();
    };
    const { outcome, sent } = await sending({ answers: [limited], signal: run.signal });
    expect(outcome).toEqual({ outcome: "limited", retryAfterS: 1 });
    expect(sent).toHaveLength(1);
  });
});

describe("nothing is sent", () => {
  test.each([
    ["to a foreign host", { path: "https://evil.example/api/x" }, "rejected"],
    ["out of the API", { path: "/../../__sandbox/control" }, "rejected"],
    ["with a header that none can be", { headers: { "idempotency-key": "a\nb" } }, "rejected"],
  ])("%s", async (_, more, kind) => {
    const { outcome, sent } = await sending({ write: { ...event, ...more }, answers: [] });
    expect(outcome).toMatchObject({ outcome: "not_sent", failure: { kind } });
    expect(sent).toEqual([]);
  });

  test("once the time is up", async () => {
    const { outcome, sent } = await sending({ answers: [], signal: AbortSignal.abort() });
    expect(outcome).toMatchObject({ outcome: "not_sent", failure: { kind: "unavailable" } });
    expect(sent).toEqual([]);
  });

  test("of what cannot be written down, which is thrown as the fault of ours that it is", async () => {
    await expect(sending({ write: { ...event, body: { id: 9007199254740993n } }, answers: [] })).rejects.toThrow(TypeError);
  });
});

describe("nobody can say whether a write was done", () => {
  test.each([
    ["no reply", silence, null],
    ["half a reply", half, null],
    ["a 500", answer(500), 500],
    ["a 502", answer(502), 502],
    ["a 503 that says when to come back", answer(503, {}, { "retry-after": "1" }), 503],
    ["a 408", answer(408), 408],
    ["a 303 to our own provider", answer(303, null, { location: "http://sandbox.test/klaviyo/api/done" }), 303],
    ["a 307 to elsewhere", answer(307, null, { location: "https://evil.example/" }), 307],
  ])("after %s, and it is sent once", async (_, reply, status) => {
    const { outcome, sent, calls } = await sending({ answers: [reply] });
    expect(outcome).toEqual({ outcome: "ambiguous", reason: expect.any(String), status });
    expect(sent).toHaveLength(1);
    expect(calls).toMatchObject([{ status, kind: "unavailable", again: false }]);
  });

  test.each([
    ["a 5xx that says of itself that it is a refusal", "meta", answer(500, { error: { code: 190, message: "x" } })],
    ["a time-out that is dressed as a success", "cj", answer(200, { code: 1_600_301, result: false, message: "Read timeout" })],
  ] as const)("after %s", async (_, to, reply) => {
    const { outcome, sent } = await sending({ to, write: { method: "POST", path: "/x", body: {} }, answers: [reply] });
    expect(outcome).toMatchObject({ outcome: "ambiguous" });
    expect(sent).toHaveLength(1);
  });

  test("before its reply was waited for longer than a read's, for it would have to be looked up", async () => {
    const waits = vi.spyOn(AbortSignal, "timeout");
    await sending({ answers: [ok] });
    expect(waits).toHaveBeenCalledWith(25_000);
  });

  test("that the time ran out on under way", async () => {
    const run = new AbortController();
    const never = () => {
      run.abort();
      throw run.signal.reason;
    };
    const { outcome, sent } = await sending({ answers: [never], signal: run.signal });
    expect(outcome).toMatchObject({ outcome: "ambiguous", status: null });
    expect(sent).toHaveLength(1);
  });
});

describe("a write that its provider does once however often it is asked", () => {
  const write: Write = { ...event, headers: { "idempotency-key": "act_1" }, repeatable: true };

  test("is sent again after a 5xx and after silence, with the same key", async () => {
    for (const fault of [answer(502), silence]) {
      const { outcome, sent } = await sending({ write, answers: [fault, answer(201, { id: 1 })] });
      expect(outcome).toMatchObject({ outcome: "done", status: 201 });
      expect(sent.map(({ headers }) => headers.get("idempotency-key"))).toEqual(["act_1", "act_1"]);
    }
  });

  test("is ambiguous where it stays silent", async () => {
    const { outcome, sent } = await sending({ write, answers: [silence] });
    expect(outcome).toMatchObject({ outcome: "ambiguous" });
    expect(sent).toHaveLength(2);
  });

  test.each([
    ["refused", answer(409, {})],
    ["limited", answer(429, {}, { "retry-after": "120" })],
    ["turned away with its token", answer(401, {})],
  ])("is ambiguous where the repeat is %s: the first try may have been acted on", async (_, then) => {
    const { outcome } = await sending({ write, answers: [answer(502), then] });
    expect(outcome).toMatchObject({ outcome: "ambiguous" });
  });
});
