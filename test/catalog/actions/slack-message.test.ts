import { afterEach, beforeEach, expect, test } from "vitest";
import type { Account } from "#server/catalog/account.ts";
import { slackMessage } from "#server/catalog/actions/slack-message.ts";
import { ProviderError } from "#server/errors.ts";
import { control } from "#test/domain/connecting/consent.ts";
import { type AtSandbox, doingAt, doingOf, effectsAt, freshAccount, sandbox } from "./doing.ts";

beforeEach(() => control({ limits: false }));
afterEach(() => control());

if (slackMessage.idempotency !== "lookup") throw new Error("a message is looked up");
const { lookup } = slackMessage;
const messageIn = (channel: string, text = "Stock is low") => slackMessage.payload.parse({ channel, channelName: "general", text });
const general = messageIn("C0GENERAL00");
const fresh = () => doingOf(slackMessage, freshAccount.slack());
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const posts = async (doing: AtSandbox, count: number) => {
  for (let left = count; left > 0; left--) await slackMessage.execute({ ...doing, key: `other ${left}` }, general);
};

test.each([
  ["C0NOWHERE00", "channel_not_found"],
  ["C0ARCHIVED0", "is_archived"],
  ["C0UNJOINED0", "not_in_channel"],
])("a message that %s does not take has failed, in Slack's words", async (channel, message) => {
  const doing = await fresh();
  expect(await slackMessage.execute(doing, messageIn(channel))).toEqual({ did: "failed", failure: { kind: "rejected", message } });
  expect(await effectsAt(doing.at)).toMatchObject({ raw: 0 });
});

test("a second message within a second is limited, and one within another channel is not", async () => {
  const doing = await fresh();
  await control();
  const attempts = [];
  for (const channel of ["C0GENERAL00", "C0GENERAL00", "C0SALES0000"]) attempts.push(await slackMessage.execute(doing, messageIn(channel)));
  // The short limit is waited for on the wire.
  expect(attempts.map(({ did }) => did)).toEqual(["done", "done", "done"]);
  expect(await effectsAt(doing.at)).toMatchObject({ effects: 3 });
});

test("looked up too early it is not there yet", async () => {
  const doing = await fresh();
  await control({ settleMs: 400 });
  const attempt = await slackMessage.execute(doing, general);
  expect(await lookup(doing, general)).toBe("absent");
  await pause(500);
  expect(await lookup(doing, general)).toEqual(attempt.did === "done" && attempt.receipt);
});

test("another action's message is not this one's", async () => {
  const doing = await fresh();
  await posts(doing, 3);
  expect(await lookup(doing, general)).toBe("absent");
});

test("where more was written since than Slack shows at once, it is looked for page by page", async () => {
  const doing = await fresh();
  const attempt = await slackMessage.execute(doing, general);
  await posts(doing, 40);
  const later = { ...doing, triedAt: doing.now };
  expect(await lookup(later, general)).toEqual(attempt.did === "done" && attempt.receipt);
  expect(await lookup({ ...later, key: "nobody's" }, general)).toBe("absent");
});

test("where Slack shows one page a minute, each turn looks through one and says how far it came", async () => {
  const doing = await fresh();
  const attempt = await slackMessage.execute(doing, general);
  await posts(doing, 40);
  const later = { ...doing, triedAt: doing.now };
  const turns: unknown[] = [];
  for (let turn = 0; turn < 3; turn++) {
    let pages = 0;
    const json: Account["json"] = (request, schema) => {
      if (pages++ > 0) return Promise.reject(new ProviderError("slack", "rate_limited", "ratelimited", { retryAfterS: 60 }));
      return doing.account.json(request, schema);
    };
    const last = turns.at(-1);
    const looked = typeof last === "object" && last !== null && "looked" in last ? { looked: String(last.looked) } : {};
    turns.push(await lookup({ ...later, ...looked, account: { ...doing.account, json } }, general));
  }
  expect(turns.slice(0, 2)).toEqual([{ looked: expect.any(String) }, { looked: expect.any(String) }]);
  expect(turns[2]).toEqual(attempt.did === "done" && attempt.receipt);
});

test("what was written before the first try is not looked through", async () => {
  const doing = await fresh();
  await slackMessage.execute(doing, general);
  expect(await lookup({ ...doing, triedAt: Date.now() + 61_000 }, general)).toBe("absent");
});

test("a channel that the app may not read leaves it to a person", async () => {
  const at = freshAccount.slack();
  const blind = await doingAt("slack", at, { scopes: ["chat:write"] });
  expect(await lookup(blind, general)).toBe("unknown");
  expect([...blind.called]).toEqual([]);
  const outside = await doingAt("slack", at, { scopes: ["chat:write", "chat:write.public", "channels:history"] });
  expect(await slackMessage.execute(outside, messageIn("C0UNJOINED0"))).toMatchObject({ did: "done" });
  expect(await lookup(outside, messageIn("C0UNJOINED0"))).toBe("unknown");
  expect(await lookup(outside, messageIn("C0PRIVATE00"))).toBe("unknown");
});

test("a history that is limited is asked for later, and not taken for empty", async () => {
  const doing = await fresh();
  await control();
  await control({
    faults: [{ provider: "slack", path: "conversations.history", account: doing.at, effect: { type: "rate_limited", retryAfter: 60 } }],
  });
  const error = await lookup(doing, general).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ProviderError);
  expect(error).toMatchObject({ kind: "rate_limited", retryAfterS: 60 });
});

test("what stands for something else in Slack's own markup is escaped", async () => {
  const doing = await fresh();
  await slackMessage.execute(doing, messageIn("C0GENERAL00", "<!channel> 3 < 5 & 7 > 5"));
  const { access_token } = await sandbox.mint("slack", doing.at, ["channels:history"]);
  const answer = await fetch(`${sandbox.endpoints.slack.api}/conversations.history?channel=C0GENERAL00`, {
    headers: { authorization: `Bearer ${access_token}` },
  });
  expect(await answer.json()).toMatchObject({ messages: [{ text: "&lt;!channel&gt; 3 &lt; 5 &amp; 7 &gt; 5" }] });
});
