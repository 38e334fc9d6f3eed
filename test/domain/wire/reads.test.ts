import { afterEach, describe, expect, expectTypeOf, test, vi } from "vitest";
import { z } from "zod";
import type { AccountRequest } from "#server/catalog/account.ts";
import { findProvider } from "#server/catalog/providers/registry.ts";
import { newcomer, watchedAccount } from "#server/domain/connections/account-of.ts";
import { callApi } from "#server/domain/wire/call-api.ts";
import type { FailedCall } from "#server/domain/wire/failed-call.ts";
import { asJson } from "#server/domain/wire/take-reply.ts";
import { sandbox } from "#test/catalog/sensors/sandbox-account.ts";
import { control, hurry } from "#test/domain/connecting/consent.ts";
import { testCtx } from "#test/harness.ts";

afterEach(() => vi.restoreAllMocks());

const token = "key_of_the_test";
const vapi = { ...findProvider("vapi"), redirectHosts: [/^files\.vapi\.example$/] };

/** An account whose calls are answered like this, what was sent by it, and what was told of it. */
function answered(answer: (request: Request) => Response | Promise<Response>) {
  const sent: Request[] = [];
  const calls: FailedCall[] = [];
  const outbound: typeof fetch = async (input, init) => {
    const request = new Request(input as string, { ...init, signal: null });
    sent.push(request);
    return answer(request);
  };
  const access = { provider: vapi, kind: "key", shop: null, secrets: { private_key: token }, fields: {} } as const;
  const account = newcomer(testCtx({ outbound }), { ...access, onFailed: (call) => void calls.push(call) }, "con_test");
  return { account, sent, calls };
}

test("an account reads: a POST says that it does, and nothing else can be asked of one", () => {
  expectTypeOf<NonNullable<AccountRequest["method"]>>().toEqualTypeOf<"GET" | "POST">();
  // @ts-expect-error A POST that does not say so is a write.
  const write: AccountRequest = { method: "POST", path: "/call", body: {} };
  // @ts-expect-error A redirect of a POST would carry its body on.
  const carried: AccountRequest = { method: "POST", reads: true, path: "/call", follows: true };
  expect([write.method, carried.method]).toEqual(["POST", "POST"]);
});

test("a reply as text keeps a number above 2^53, which JSON would round", async () => {
  const { account, sent } = answered(() => new Response('[{"id":9007199254740993}]'));
  expect((await account.text({ path: "/call" })).text).toBe('[{"id":9007199254740993}]');
  expect(await account.json({ path: "/call" }, z.array(z.object({ id: z.number() })))).toEqual([{ id: 9007199254740992 }]);
  expect(sent.map(({ headers }) => headers.get("accept"))).toEqual(["*/*", "application/json"]);
});

test("a failure is one too where text was asked for", async () => {
  const { account } = answered(() => Response.json({ message: "no", error: "Not Found", statusCode: 404 }, { status: 404 }));
  await expect(account.text({ path: "/call/1" })).rejects.toMatchObject({ kind: "rejected" });
});

test("a reply comes with its headers, where a list says there how long it is", async () => {
  const { account } = answered(() => Response.json([], { headers: { "x-wp-totalpages": "7" } }));
  const { headers, body } = await account.reply({ path: "/call" }, z.array(z.unknown()));
  expect([headers.get("x-wp-totalpages"), body]).toEqual(["7", []]);
});

test("whoever watches an account sees how every way to read from it ends", async () => {
  const { account } = answered(() => Response.json({ message: "no", error: "Not Found", statusCode: 404 }, { status: 404 }));
  const seen: unknown[] = [];
  const watched = watchedAccount(account, (call) => {
    seen.push(call.catch((error: Error) => error.name));
    return call;
  });
  const ways = Object.values(watched).filter((way) => typeof way === "function");
  const calls = ways.map((way: (request: AccountRequest, more: never) => Promise<unknown>) => way({ path: "/call/1" }, undefined as never));
  expect((await Promise.allSettled(calls)).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected", "rejected"]);
  expect(await Promise.all(seen)).toEqual(["ProviderError", "ProviderError", "ProviderError", "ProviderError"]);
});

test("of forty calls at once six are open: the others' ten seconds begin when it is their turn", async () => {
  let [open, most] = [0, 0];
  const { account } = answered(async () => {
    most = Math.max(most, ++open);
    await new Promise((resolve) => setTimeout(resolve, 5));
    open--;
    return Response.json([]);
  });
  await Promise.all(Array.from({ length: 40 }, () => account.json({ path: "/call" }, z.array(z.unknown()))));
  expect(most).toBe(6);
});

test("whoever's time is up before there was a connection has sent nothing, and nobody is told that the provider failed", async () => {
  const hung: (() => void)[] = [];
  const ctx = testCtx({ outbound: () => new Promise((resolve) => hung.push(() => resolve(Response.json([])))) });
  const heard: FailedCall[] = [];
  const run = new AbortController();
  const access = { provider: vapi, kind: "key", shop: null, secrets: { private_key: token }, fields: {} } as const;
  const read = (signal?: AbortSignal) =>
    callApi(ctx, { ...access, signal, onFailed: (call) => void heard.push(call) }, { path: "/call" }, asJson(z.unknown()));
  const calls = Array.from({ length: 6 }, () => read());
  const late = read(run.signal);
  await vi.waitFor(() => expect(hung).toHaveLength(6));
  run.abort();
  await expect(late).rejects.toMatchObject({ kind: "unavailable", unsent: true });
  for (const end of hung) end();
  await Promise.all(calls);
  expect([hung.length, heard]).toEqual([6, []]);
});

describe("a reply that comes bit by bit", () => {
  const chunk = new Uint8Array(1024 * 1024).fill(120);
  /** A body of so many megabytes, then whatever comes `after`, and what became of it. */
  function megabytes(count: number, after: "end" | "silence" | "cut" = "end") {
    const seen = { sent: 0, cancelled: false };
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (seen.sent < count) {
          seen.sent += 1;
          controller.enqueue(chunk);
          return;
        }
        if (after === "end") controller.close();
        if (after === "cut") controller.error(new TypeError("Network connection lost."));
        return after === "silence" ? new Promise<void>(() => undefined) : undefined;
      },
      cancel: () => {
        seen.cancelled = true;
      },
    });
    return { seen, answer: () => new Response(body) };
  }
  async function sizeOf(body: ReadableStream<Uint8Array>): Promise<number> {
    let size = 0;
    const count = (part: Uint8Array) => {
      size += part.byteLength;
    };
    await body.pipeTo(new WritableStream({ write: count }));
    return size;
  }

  test("may be larger than what is held at once", async () => {
    const { answer } = megabytes(40);
    expect(await answered(answer).account.stream({ path: "/export" }, sizeOf)).toBe(40 * 1024 * 1024);
  });

  test("comes from the wire as it was sent, through whatever reads streams", async () => {
    await control({ limits: false });
    const { access_token } = await sandbox.mint("klaviyo", "BetaB2", ["accounts:read"]);
    const access = { provider: findProvider("klaviyo"), kind: "oauth", shop: null, secrets: { access_token }, fields: {} } as const;
    const account = newcomer(testCtx(), access, "con_test");
    const text = await account.stream({ path: "/api/accounts" }, async (body) => {
      const parts: string[] = [];
      await body.pipeThrough(new TextDecoderStream()).pipeTo(new WritableStream({ write: (part) => void parts.push(part) }));
      return parts.join("");
    });
    expect(text).toBe((await account.text({ path: "/api/accounts" })).text);
    expect(text).toContain("BetaB2");
  });

  test("breaks off at 256 MB", async () => {
    const { seen, answer } = megabytes(1000);
    const { account, calls } = answered(answer);
    const read = account.stream({ path: "/export" }, sizeOf);
    await expect(read).rejects.toMatchObject({ kind: "unavailable", message: "the reply is too long" });
    expect(seen.sent).toBeLessThan(260);
    expect(seen.cancelled).toBe(true);
    expect(calls).toMatchObject([{ path: "/vapi/export", status: 200, kind: "unavailable", again: false }]);
  });

  test.each([
    ["falls silent", "silence", "the reply fell silent"],
    ["is cut", "cut", "the reply broke off"],
  ] as const)(
    "is unavailable where it %s, also where its reader passes over that, and is not asked for again",
    async (_, after, message) => {
      hurry();
      const { answer } = megabytes(2, after);
      const { account, sent, calls } = answered(answer);
      const read = account.stream({ path: "/export" }, (body) => sizeOf(body).catch(() => 0));
      await expect(read).rejects.toMatchObject({ kind: "unavailable", message });
      expect(sent).toHaveLength(1);
      expect(calls).toHaveLength(1);
    },
  );

  describe("ends when the run's time is up", () => {
    async function stopped(answer: () => Response): Promise<void> {
      const run = new AbortController();
      const access = { provider: vapi, kind: "key", shop: null, secrets: { private_key: token }, fields: {}, signal: run.signal } as const;
      const account = newcomer(testCtx({ outbound: async () => answer() }), access, "con_test");
      const read = account.stream({ path: "/export" }, sizeOf);
      setTimeout(() => run.abort(), 50);
      await expect(read).rejects.toMatchObject({ kind: "unavailable", message: "the time was up" });
    }

    test("and lets go of the connection", async () => {
      const { seen, answer } = megabytes(2, "silence");
      await stopped(answer);
      expect(seen).toEqual({ sent: 2, cancelled: true });
    });

    test("also of a body that the platform itself reads, as those from the wire are", async () => {
      const Identity = Reflect.get(globalThis, "IdentityTransformStream") as typeof TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>;
      const { readable, writable } = new Identity();
      const writer = writable.getWriter();
      const cut = writer
        .write(chunk)
        .then(() => writer.closed)
        .then(
          () => "ended",
          () => "cut",
        );
      await stopped(() => new Response(readable));
      await writer.write(chunk).catch(() => undefined);
      expect(await cut).toBe("cut");
    });
  });

  test("is let go of where its reader has enough, and when its reader fails", async () => {
    const enough = megabytes(100);
    const first = async (body: ReadableStream<Uint8Array>) => (await body.getReader().read()).value?.byteLength;
    expect(await answered(enough.answer).account.stream({ path: "/export" }, first)).toBe(chunk.byteLength);
    expect(enough.seen.cancelled).toBe(true);
    const failing = megabytes(100);
    const fails = () => Promise.reject(new RangeError("a defect of the reader's"));
    await expect(answered(failing.answer).account.stream({ path: "/export" }, fails)).rejects.toThrow(RangeError);
    expect(failing.seen.cancelled).toBe(true);
  });

  test("is asked for again while nothing of it was read", async () => {
    hurry();
    const { answer } = megabytes(1);
    let times = 0;
    const { account } = answered(() => (times++ === 0 ? new Response(null, { status: 503 }) : answer()));
    expect(await account.stream({ path: "/export" }, sizeOf)).toBe(chunk.byteLength);
    expect(times).toBe(2);
  });
});

describe("a redirect", () => {
  const recording = { path: "/call/1/mono-recording", follows: true } as const;
  const signed = "https://files.vapi.example/a.wav?signature=s";
  const to = (location: string, status = 302) => new Response(null, { status, headers: { location } });
  /** What comes of a call that is sent on to here, and what was asked of whom. */
  async function sentOn(
    location: string,
    there: () => Response = () => new Response("RIFF"),
    request: AccountRequest = recording,
    status = 302,
  ) {
    hurry();
    const { account, sent } = answered(({ url }) =>
      url === "http://sandbox.test/vapi/call/1/mono-recording" ? to(location, status) : there(),
    );
    const text = await account.text({ headers: { "x-ours": "1" }, ...request }).then(
      (reply) => reply.text,
      (error: { kind: string }) => error.kind,
    );
    return { text, sent: sent.map(({ url, headers }) => [url, headers.get("authorization"), headers.get("x-ours")]) };
  }
  const asked = ["http://sandbox.test/vapi/call/1/mono-recording", `Bearer ${token}`, "1"];

  test.each([301, 302, 303, 307, 308])(
    "(%i) is followed to a host that the provider keeps files at, without what authorises us",
    async (status) => {
      expect(await sentOn(signed, undefined, recording, status)).toEqual({ text: "RIFF", sent: [asked, [signed, null, null]] });
    },
  );

  test("within the API carries it, as the API's own", async () => {
    const at = "http://sandbox.test/vapi/files/1";
    expect(await sentOn("/vapi/files/1")).toEqual({ text: "RIFF", sent: [asked, [at, `Bearer ${token}`, "1"]] });
  });

  test.each([
    "https://evil.example/a.wav",
    "http://files.vapi.example/a.wav",
    "https://files.vapi.example:8443/a.wav",
    "https://user:pass@files.vapi.example/a.wav",
    "https://files.vapi.example.evil.example/a.wav",
    "//evil.example/a.wav",
    "file:///etc/passwd",
    "http://",
  ])("to %s is not followed", async (location) => {
    const { text, sent } = await sentOn(location);
    expect(text).toBe("unavailable");
    expect(new Set(sent.map(([url]) => url))).toEqual(new Set([asked[0]]));
  });

  test("is followed once", async () => {
    const { text, sent } = await sentOn(signed, () => to("https://files.vapi.example/b.wav"));
    expect(text).toBe("unavailable");
    expect(new Set(sent.map(([url]) => url))).toEqual(new Set([asked[0], signed]));
  });

  test("is followed only where the call says so", async () => {
    const { text, sent } = await sentOn(signed, undefined, { path: recording.path });
    expect(text).toBe("unavailable");
    expect(new Set(sent.map(([url]) => url))).toEqual(new Set([asked[0]]));
  });

  test.each([401, 403, 404, 500])("to a file that is refused there (%i) says nothing of the account", async (status) => {
    const { text } = await sentOn(signed, () => new Response("<Error/>", { status }));
    expect(text).toBe("unavailable");
  });
});
