import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { openDb } from "#db/client.ts";
import { magicLinks } from "#db/schema/index.ts";
import type { Message } from "#server/messages.ts";
import { makeTenant, makeUser, testEnv } from "#test/harness.ts";
import { testOrigin } from "#test/variables.ts";
import worker from "#workers/app.ts";

let count = 0;

/** A browser with its own address and its own cookies. */
function browser(ip = `198.51.100.${++count}`) {
  const jar = new Map<string, string>();
  return {
    jar,
    async ask(path: string, body?: unknown) {
      const headers = new Headers({ origin: testOrigin, "cf-connecting-ip": ip, "content-type": "application/json" });
      headers.set("cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
      const init = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
      const request = new Request(`${testOrigin}${path}`, init) as Request<unknown, IncomingRequestCfProperties>;
      const response = await worker.fetch(request, testEnv, createExecutionContext());
      for (const line of response.headers.getSetCookie()) {
        const [name = "", value = ""] = (line.split(";")[0] ?? "").split("=");
        if (/max-age=0/i.test(line)) jar.delete(name);
        else jar.set(name, value);
      }
      return response;
    },
  };
}

/** Works off the mail of the newest sign-in of an address, and reads it in the outbox. */
async function receive(email: string) {
  const rows = await openDb(testEnv.DB).select().from(magicLinks).where(eq(magicLinks.email, email));
  const link = rows.at(-1)?.id ?? "";
  const body: Message = { v: 1, type: "mail.sign_in", link };
  const batch = createMessageBatch<Message>("atrium-mail", [{ id: link, timestamp: new Date(), attempts: 1, body }]);
  const executionContext = createExecutionContext();
  await worker.queue(batch, testEnv);
  expect((await getQueueResult(batch, executionContext)).explicitAcks).toEqual([link]);
  const response = await browser().ask("/dev/outbox?format=json");
  const { mails } = await response.json<{ mails: { to: string; link: string; code: string }[] }>();
  const mail = mails.find(({ to }) => to === email);
  return { token: mail?.link.split("/").pop() ?? "", code: mail?.code ?? "" };
}

const answer = async (response: Response) => (await response.json<{ result: { data: { landing: string } } }>()).result.data;

test("a person signs in over HTTP by the mail's link, is known, and signs out again", async () => {
  const tenant = await makeTenant();
  const { actor } = await makeUser({ roles: [[tenant, "owner"]] });
  const { ask, jar } = browser();
  expect((await ask("/api/trpc/signIn.request", { email: ` ${actor.email.toUpperCase()} ` })).status).toBe(200);
  const { token } = await receive(actor.email);
  const signedIn = await ask("/api/trpc/signIn.redeemLink", { token });
  expect(await answer(signedIn)).toEqual({ landing: `/t/${tenant.id}` });
  const cookie = signedIn.headers.getSetCookie().find((line) => line.startsWith("__Host-atrium_session="));
  expect(cookie).toMatch(/HttpOnly/);
  expect(cookie).toMatch(/Secure/);
  expect(cookie).toMatch(/SameSite=Lax/);
  expect((await ask("/api/trpc/me.get")).status).toBe(200);
  expect((await ask("/api/trpc/signIn.out", {})).status).toBe(200);
  expect(jar.has("__Host-atrium_session")).toBe(false);
  expect((await ask("/api/trpc/me.get")).status).toBe(401);
});

test("the six digits sign in the browser that asked for them", async () => {
  const { actor } = await makeUser();
  const { ask } = browser();
  await ask("/api/trpc/signIn.request", { email: actor.email });
  const { code } = await receive(actor.email);
  expect(await answer(await ask("/api/trpc/signIn.redeemCode", { code: `${code.slice(0, 3)} ${code.slice(3)}` }))).toEqual({
    landing: "/onboarding",
  });
});

test("a link is not used up by opening it, however often", async () => {
  const { actor } = await makeUser({ staff: true });
  const { ask } = browser();
  await ask("/api/trpc/signIn.request", { email: actor.email });
  const { token } = await receive(actor.email);
  const look = `/api/trpc/signIn.link?input=${encodeURIComponent(JSON.stringify({ token }))}`;
  for (const _ of [1, 2, 3]) expect((await ask(look)).status).toBe(200);
  expect((await ask(`/api/trpc/signIn.redeemLink?input=${encodeURIComponent(JSON.stringify({ token }))}`)).status).toBe(405);
  expect((await ask("/api/trpc/signIn.redeemLink", { token })).status).toBe(200);
});

test("the outbox is no page where mail is really sent, nor in production", async () => {
  const resend = { MAIL_TRANSPORT: "resend", RESEND_API_KEY: "re_test" };
  const production = { ...resend, ENVIRONMENT: "production", APP_ORIGIN: "https://portal.example.com", PROVIDER_ENDPOINTS: undefined };
  for (const more of [resend, production]) {
    for (const path of ["/dev/outbox", "/dev/outbox?format=json", "/dev/outbox/lnk_1"]) {
      const request = new Request(`${testOrigin}${path}`) as Request<unknown, IncomingRequestCfProperties>;
      expect((await worker.fetch(request, { ...testEnv, ...more }, createExecutionContext())).status).toBe(404);
    }
  }
});
